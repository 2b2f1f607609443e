import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Packs the package as `npm publish` would, unpacks it in an empty folder and hands that over.
 * @template Result
 * @param {(unpacked: { directory: string, files: Array<{ path: string, size: number }>, size: number, unpackedSize: number }) => Promise<Result>} use
 * @returns {Promise<Result>}
 */
export async function withPackedPackage(use) {
	const temporary = await mkdtemp(path.join(tmpdir(), 'n8n-nodes-cryptocapital-'));
	try {
		const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', temporary]);
		const [{ filename, files, size, unpackedSize }] = Object.values(JSON.parse(stdout));
		await run('tar', ['-xzf', path.join(temporary, filename), '-C', temporary]);
		return await use({ directory: path.join(temporary, 'package'), files, size, unpackedSize });
	} finally {
		await rm(temporary, { recursive: true, force: true });
	}
}
