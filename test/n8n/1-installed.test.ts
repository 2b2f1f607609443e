import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { generateKeyPair } from '../../client/protocol';
import type { Sandbox } from '../../sandbox';
import { DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { version } from '../../package.json';
import { freePorts } from '../../scripts/n8n/ports';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import type { NpmStandIn } from './support/npm-stand-in';
import { npmStandIn } from './support/npm-stand-in';
import { templateFolder } from './support/template';
import { ACTION, TRIGGER } from './support/workflows';

interface NodeType {
	name: string;
	displayName: string;
	iconUrl?: { light: string; dark: string } | string;
	usableAsTool?: boolean;
}

interface InstalledPackage {
	packageName: string;
	installedVersion: string;
	installedNodes: Array<{ type: string }>;
}

const keep = keptUntilTheEnd();
let instance: Instance;
let sandbox: Sandbox;
let npm: NpmStandIn;

beforeAll(async () => {
	sandbox = keep(await startSandbox());
	npm = keep(await npmStandIn(version));
	instance = keep(await Instance.start({ isBare: true, env: npm.env }));
});

/** What the editor asks for when somebody saves a credential. */
async function verdict(data: Record<string, unknown>): Promise<{ status: string; message: string }> {
	const credentials = { id: '', name: 'Tried', type: 'cryptoCapitalApi', data };
	return await instance.api.rest('POST', '/credentials/test', { credentials });
}

async function typesIn(file: string): Promise<NodeType[]> {
	return (await (await instance.api.file(file)).json()) as NodeType[];
}

function working(): Record<string, unknown> {
	return { serverUrl: sandbox.url, serverPublicKey: sandbox.serverPublicKey, privateKey: DEMO_PRIVATE_KEYS.merchant };
}

describe('the installed package', () => {
	test('is installed by n8n, by its name', async () => {
		const name = 'n8n-nodes-cryptocapital';
		const installed = await instance.api.rest<InstalledPackage>('POST', '/community-packages', { name });
		expect(installed).toMatchObject({ packageName: name, installedVersion: version });
		expect(installed.installedNodes.map(({ type }) => type).sort()).toEqual([ACTION, TRIGGER]);
		expect(await npm.calls()).toEqual(expect.arrayContaining([expect.stringMatching(/^pack n8n-nodes-cryptocapital@latest/u), expect.stringMatching(/^install/u)]));
	});

	test('is then the unpacked tarball and nothing more, as the other tests have it', async () => {
		const nodes = (folder: string) => path.join(folder, '.n8n/nodes/node_modules');
		const files = (folder: string) => readdirSync(nodes(folder), { recursive: true, encoding: 'utf8' }).filter((file) => !file.endsWith('.package-lock.json')).sort();
		expect(readdirSync(nodes(instance.userFolder))).toEqual(['n8n-nodes-cryptocapital']);
		expect(files(instance.userFolder)).toEqual(files(templateFolder()));
	});

	test('is there after a restart', async () => {
		await instance.stop();
		await instance.start();
		const packages = await instance.api.rest<InstalledPackage[]>('GET', '/community-packages');
		expect(packages).toEqual([expect.objectContaining({ packageName: 'n8n-nodes-cryptocapital', installedVersion: version })]);
		expect(packages[0]).not.toMatchObject({ failedLoading: true });
	});

	test('brings both nodes, the one for tools, and the credential, each with its icons', async () => {
		const types = await typesIn('/types/nodes.json');
		const ours = types.filter(({ name }) => name.startsWith('n8n-nodes-cryptocapital.'));
		expect(ours.map(({ name }) => name).sort()).toEqual([ACTION, `${ACTION}Tool`, TRIGGER]);
		const credentials = await typesIn('/types/credentials.json');
		const credential = credentials.find(({ name }) => name === 'cryptoCapitalApi');
		expect(credential).toMatchObject({ displayName: 'Crypto Capital API', supportedNodes: expect.arrayContaining([ACTION, TRIGGER]) });
		for (const { name, iconUrl } of [...ours, ...(credential ? [credential] : [])]) {
			expect({ name, iconUrl }).toMatchObject({ iconUrl: { light: expect.any(String), dark: expect.any(String) } });
			for (const url of Object.values(iconUrl as { light: string; dark: string })) {
				const icon = await instance.api.file(`/${url}`);
				expect({ url, type: icon.headers.get('content-type') }).toEqual({ url, type: expect.stringContaining('image/svg') });
			}
		}
	});
});

describe('the credential test', () => {
	test.each(['socketIo', 'webSocket'])('accepts a key that works over %s', async (transport) => {
		await expect(verdict({ ...working(), transport })).resolves.toEqual({ status: 'OK', message: 'Connected and authenticated' });
	});

	test.each([
		['a private key that is none', { privateKey: 'c2hvcnQ=' }, /private key does not have 32 bytes/u],
		['a private key that is missing', { privateKey: '' }, /private key is missing/u],
		['a public key of another pair', { publicKey: generateKeyPair().publicKey }, /public key does not belong to the private key/u],
		['a server key that is none', { serverPublicKey: 'AAAA' }, /server public key/u],
		['an address without encryption', { serverUrl: 'http://192.0.2.1' }, /not encrypted/u],
		['an address that is none', { serverUrl: 'api.example' }, /no http\(s\) or ws\(s\) address/u],
		['a key that the server refuses', { privateKey: generateKeyPair().privateKey }, /server refuses the key .*Unknown key/u],
	])('says no to %s', async (_what, change, words) => {
		await expect(verdict({ ...working(), ...change })).resolves.toEqual({ status: 'Error', message: expect.stringMatching(words) });
	});

	test('says that no server is there', async () => {
		const [port = 0] = await freePorts(1);
		const { status, message } = await verdict({ ...working(), serverUrl: `http://127.0.0.1:${port}` });
		expect({ status, message }).toEqual({ status: 'Error', message: expect.stringMatching(/No Crypto Capital server answers/u) });
	});

	test('says that something else is there', async () => {
		const website = createServer((_request, response) => response.end('Welcome to my page')).listen(0, '127.0.0.1');
		await once(website, 'listening');
		try {
			const { port } = website.address() as AddressInfo;
			const { status, message } = await verdict({ ...working(), serverUrl: `http://127.0.0.1:${port}` });
			expect({ status, message }).toEqual({ status: 'Error', message: expect.stringMatching(/speaks neither Socket\.IO nor/u) });
		} finally {
			website.closeAllConnections();
			website.close();
		}
	});

	test('gives up on a server that accepts and stays silent, within ten seconds', async () => {
		const fault = sandbox.faults.enable('acceptAndStaySilent', {});
		try {
			const startedAt = Date.now();
			const { status, message } = await verdict(working());
			expect({ status, message }).toEqual({ status: 'Error', message: expect.stringMatching(/did not answer/u) });
			expect(Date.now() - startedAt).toBeLessThan(11_000);
		} finally {
			sandbox.faults.disable(fault.id);
		}
	});
});

test('no private key is in anything that n8n wrote', () => {
	expect(instance.log).not.toContain(DEMO_PRIVATE_KEYS.merchant);
});
