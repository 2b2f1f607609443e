import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import type { Owner } from './api';
import { N8nApi } from './api';
import { Cleanup } from './cleanup';
import type { ImportedWorkflow } from './examples';
import { importExamples } from './examples';
import { installN8n } from './install';
import { installPackage, packPackage } from './package';
import { N8nServer } from './server';
import { removeAbandonedFolders, temporaryFolder } from './temporary';

const ROOT = path.resolve(__dirname, '../..');
const DEFAULT_PORT = '5678';
const OWNER: Owner = { email: 'you@example.org', firstName: 'You', lastName: '(sandbox)', password: 'Sandbox-1' };

const USAGE = `Real n8n with this package in it, and a sandbox of the bank beside it. Everything is fresh and is gone afterwards.

  --port <number>  where the editor is; ${DEFAULT_PORT} where left out, 0 lets the system choose
  --verbose        show what n8n writes
  --help
`;

function readArguments() {
	return parseArgs({
		options: {
			port: { type: 'string', default: DEFAULT_PORT },
			verbose: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	}).values;
}

function say(line: string): void {
	process.stdout.write(`${line}\n`);
}

async function run(port: number, verbose: boolean, cleanup: Cleanup, stopped: AbortSignal): Promise<void> {
	const installation = await installN8n(say, stopped);
	stopped.throwIfAborted();
	await removeAbandonedFolders();
	const userFolder = await temporaryFolder('user');
	cleanup.add(async () => await rm(userFolder, { recursive: true, force: true }));
	const packed = await packPackage();
	cleanup.add(async () => await packed.remove());
	await installPackage(packed, userFolder);

	const sandbox = await startSandbox();
	cleanup.add(async () => await sandbox.close());
	stopped.throwIfAborted();
	say('Starting n8n. The first start takes half a minute.');
	const server = await N8nServer.start({
		installation,
		userFolder,
		stopped,
		encryptionKey: 'sandbox keys are public, so this one may be',
		...(port !== 0 && { port }),
		...(verbose && { onOutput: (text: string) => process.stdout.write(text) }),
	});
	cleanup.add(async () => await server.stop());
	stopped.throwIfAborted();

	const api = new N8nApi(server.url);
	await api.setUpOwner(OWNER);
	const workflows = await importExamples(api, path.join(ROOT, 'examples'), {
		serverUrl: sandbox.url,
		serverPublicKey: sandbox.serverPublicKey,
		privateKey: DEMO_PRIVATE_KEYS.merchant,
	});
	introduce(server.url, sandbox.url, workflows);
}

function introduce(editor: string, bank: string, workflows: readonly ImportedWorkflow[]): void {
	const width = Math.max(...workflows.map(({ name }) => name.length));
	const lines = [
		'',
		`  n8n          ${editor}`,
		`               sign in as ${OWNER.email} with the password ${OWNER.password}`,
		`  the bank     ${bank}`,
		'               a sandbox: no real money. Send some to an account, and see what starts.',
		'',
		'  Workflows, ready to run:',
		...workflows.map(({ name, url, isPublished }) => `    ${name.padEnd(width)}  ${editor}${url}${isPublished ? '  (published)' : ''}`),
		'',
		`Send money to ${DEMO_ACCOUNTS.merchantUsd} on the bank’s page: the published workflows start by themselves.`,
		'Stop everything with Ctrl+C.',
	];
	for (const line of lines) say(line);
}

async function main(): Promise<number> {
	const { port, verbose, help } = readArguments();
	if (help) {
		process.stdout.write(USAGE);
		return 0;
	}
	if (!/^[0-9]{1,5}$/u.test(port)) throw new Error('--port must be a number');
	const cleanup = new Cleanup();
	const stopped = new AbortController();
	const interrupted = new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) {
			process.on(signal, () => {
				if (!stopped.signal.aborted) say('\nStopping.');
				stopped.abort();
				resolve();
			});
		}
	});
	try {
		await run(Number(port), verbose, cleanup, stopped.signal);
		await interrupted;
		return 0;
	} catch (error) {
		if (stopped.signal.aborted) return 0;
		throw error;
	} finally {
		for (const error of await cleanup.run()) say(String(error));
	}
}

main().then(
	(code) => process.exit(code),
	(error: unknown) => {
		process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
		process.exit(1);
	},
);
