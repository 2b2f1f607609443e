import { rm } from 'node:fs/promises';

import { N8nApi } from '../../../scripts/n8n/api';
import type { N8nInstallation } from '../../../scripts/n8n/install';
import { installN8n } from '../../../scripts/n8n/install';
import { installPackage, packPackage } from '../../../scripts/n8n/package';
import { N8nServer } from '../../../scripts/n8n/server';
import { removeAbandonedFolders, temporaryFolder } from '../../../scripts/n8n/temporary';
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
	await removeAbandonedFolders();
	await findServices(report);
	const template = await temporaryFolder('template');
	process.env[TEMPLATE_VARIABLE] = template;
	try {
		await fill(template, installation, report);
	} catch (error) {
		await rm(template, { recursive: true, force: true });
		throw error;
	}
}

async function fill(template: string, installation: N8nInstallation, report: (line: string) => void): Promise<void> {
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
