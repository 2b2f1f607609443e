import { execFileSync } from 'node:child_process';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { packPackage } from '../../../scripts/n8n/package';
import { temporaryFolder } from '../../../scripts/n8n/temporary';

export interface NpmStandIn {
	/** For n8n: finds the stand-in first. */
	readonly env: Record<string, string>;
	/** What n8n had npm do so far. */
	calls(): Promise<string[]>;
	close(): Promise<void>;
}

/**
 * The npm that n8n calls, on a machine where the registry has this package as it was just built: asked for a package, it answers with that one.
 * Everything else the real npm does.
 */
export async function npmStandIn(version: string): Promise<NpmStandIn> {
	const directory = await temporaryFolder('npm');
	const packed = await packPackage();
	const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
	const log = path.join(directory, 'calls');
	const script = `#!/bin/sh
echo "$*" >> '${log}'
case "$1" in
	view) echo '"${version}"' ;;
	pack) exec '${npm}' pack --ignore-scripts --silent '${packed.tarball}' ;;
	*) exec '${npm}' "$@" ;;
esac
`;
	await writeFile(path.join(directory, 'npm'), script);
	await chmod(path.join(directory, 'npm'), 0o755);
	return {
		env: { PATH: `${directory}${path.delimiter}${process.env.PATH ?? ''}` },
		calls: async () => (await readFile(log, 'utf8')).trim().split('\n'),
		close: async () => {
			await packed.remove();
			await rm(directory, { recursive: true, force: true });
		},
	};
}
