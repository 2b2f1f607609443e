import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, INodeType, IVersionedNodeType } from 'n8n-workflow';
import { setUpN8nCore } from './n8n';

export interface LoadedPackage {
	nodes: Record<string, INodeType | IVersionedNodeType>;
	credentialTypes: ICredentialType[];
}

/** Loads a built package with n8n's own loader: by what its `package.json` names, and under the names that n8n gives. */
export async function loadBuiltPackage(directory: string): Promise<LoadedPackage> {
	setUpN8nCore();
	const { name } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as { name: string };
	const loader = new PackageDirectoryLoader(directory);
	await loader.loadAll();
	return {
		nodes: Object.fromEntries(Object.entries(loader.nodeTypes).map(([type, node]) => [`${name}.${type}`, node.type])),
		credentialTypes: Object.values(loader.credentialTypes).map(({ type }) => type),
	};
}
