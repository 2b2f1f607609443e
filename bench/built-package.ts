import { join } from 'node:path';

import { loadBuiltPackage } from '../test/engine';

/** The nodes and the credential as n8n would load them. */
export async function builtPackage() {
	return await loadBuiltPackage(join(__dirname, '..'));
}
