import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { Child } from './child';
import { temporaryFolder } from './temporary';

const ROOT = path.resolve(__dirname, '../..');

/** The package as `npm publish` would send it. */
export interface PackedPackage {
	readonly name: string;
	readonly tarball: string;
	remove(): Promise<void>;
}

/** Packs what was built. */
export async function packPackage(): Promise<PackedPackage> {
	const directory = await temporaryFolder('packed');
	const remove = async () => await rm(directory, { recursive: true, force: true });
	try {
		await new Child('npm pack', 'npm', ['pack', '--ignore-scripts', '--pack-destination', directory, '--silent'], {
			cwd: ROOT,
		}).succeeded();
		const { name, version } = JSON.parse(await readFile(path.join(ROOT, 'package.json'), 'utf8')) as {
			name: string;
			version: string;
		};
		return { name, tarball: path.join(directory, `${name}-${version}.tgz`), remove };
	} catch (error) {
		await remove();
		throw error;
	}
}

/**
 * Does in n8n's user folder what n8n does with the tarball of a community package: unpacks it among its nodes and drops from its
 * package.json the dependencies that are not for users. n8n then has npm install what is left, which is nothing.
 */
export async function installPackage(packed: PackedPackage, userFolder: string): Promise<string> {
	const nodes = path.join(userFolder, '.n8n/nodes');
	const directory = path.join(nodes, 'node_modules', packed.name);
	await mkdir(directory, { recursive: true });
	const tarball = path.join(nodes, path.basename(packed.tarball));
	await copyFile(packed.tarball, tarball);
	await new Child('tar', 'tar', ['-xzf', tarball, '-C', directory, '--strip-components=1']).succeeded();
	await rm(tarball);
	const manifest = path.join(directory, 'package.json');
	const { devDependencies: _dev, peerDependencies: _peer, optionalDependencies: _optional, ...rest } = JSON.parse(
		await readFile(manifest, 'utf8'),
	) as Record<string, unknown>;
	if (Object.keys((rest.dependencies as object | undefined) ?? {}).length > 0) throw new Error('The package has dependencies at run time');
	await writeFile(manifest, JSON.stringify(rest, null, 2));
	return directory;
}
