import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { N8nApi } from '../../../scripts/n8n/api';
import { installN8n } from '../../../scripts/n8n/install';
import { installPackage, packPackage } from '../../../scripts/n8n/package';
import { N8nServer } from '../../../scripts/n8n/server';
import { ENCRYPTION_KEY, OWNER } from './instance';
import { findServices } from './services';
import { TEMPLATE_VARIABLE } from './template';

/**
 * Once for all tests: installs n8n, packs the package, and makes a user folder with the package in it, a database with all its tables, and an owner. Each
 * instance of a test begins with a copy of that.
 */
export default async function prepare(): Promise<void> {
	const report = (line: string) => process.stdout.write(`${line}\n`);
	const installation = await installN8n(report);
	const template = await mkdtemp(path.join(tmpdir(), 'n8n-template-'));
	process.env[TEMPLATE_VARIABLE] = template;
	await findServices(report);
	const packed = await packPackage();
	try {
		await installPackage(packed, template);
	} finally {
		await packed.remove();
	}
	report('Starting n8n for the first time.');
	const server = await N8nServer.start({ installation, userFolder: template, encryptionKey: ENCRYPTION_KEY });
	try {
		await new N8nApi(server.url).setUpOwner(OWNER);
	} finally {
		await server.stop();
	}
}
