import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, sharedConnections } from '../../client';
import { account, World } from '../nodes/world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

const test = async (overrides: Parameters<World['credential']>[0] = {}) =>
	await world.engine.testCredential('cryptoCapitalApi', world.credential(overrides));

describe('a credential that is in order', () => {
	it.each([
		['over Socket.IO', () => ({ transport: 'socketIo' })],
		['over WebSocket', () => ({ transport: 'webSocket', serverUrl: world.sandbox.webSocketUrl })],
		['over WebSocket, with an http address without a path', () => ({ transport: 'webSocket' })],
		['over Socket.IO, with a ws address', () => ({ serverUrl: world.sandbox.url.replace('http', 'ws') })],
		['with the public key too', () => ({ publicKey: world.keys.publicKey })],
		['with the private key in hex', () => ({ privateKey: hex(world.keys.privateKey) })],
		['with white space around pasted keys', () => ({ privateKey: ` ${world.keys.privateKey}\n` })],
	])('passes %s, and its connection is closed', async (_name, overrides) => {
		const closed = world.sandbox.next('disconnected');

		expect(await test(overrides())).toEqual({ status: 'OK', message: 'Connected and authenticated' });
		await closed;
		expect(world.sandbox.connections).toEqual([]);
	});

	it('passes without transfers being allowed', async () => {
		expect(await test({ allowTransfers: false })).toMatchObject({ status: 'OK' });
	});

	it('does not disturb what uses the key at the same time', async () => {
		await world.run(account());
		const [open] = world.sandbox.connections;

		const closed = world.sandbox.next('disconnected');
		await test();
		await closed;

		expect(world.sandbox.connections).toEqual([open]);
		expect((await world.run(account())).items).toHaveLength(1);
	});
});

describe('a mistake in the credential is told without a connection', () => {
	const { publicKey: otherPublicKey } = generateKeyPair();
	const { privateKey, publicKey } = generateKeyPair();
	const compressed = Buffer.concat([Buffer.from([2]), Buffer.from(publicKey, 'base64').subarray(1, 33)]);
	const offCurve = Buffer.from(publicKey, 'base64').fill(7, 40);

	it.each([
		['no private key', { privateKey: '' }, 'The private key is missing'],
		['a private key that is no base64', { privateKey: 'not a key!' }, 'The private key is neither base64 nor 64 hex digits'],
		['a private key that is too short', { privateKey: 'AAAA' }, 'The private key does not have 32 bytes'],
		['a private key of hex that lost a digit', { privateKey: hex(privateKey).slice(1) }, 'The private key is'],
		['a private key of zero', { privateKey: Buffer.alloc(32).toString('base64') }, 'no valid number for the curve secp256k1'],
		['a private key beyond the curve', { privateKey: 'f'.repeat(64) }, 'no valid number for the curve secp256k1'],
		['the public key in its place', { privateKey: publicKey }, 'The private key does not have 32 bytes'],
		['a public key of another pair', { publicKey: otherPublicKey }, 'The public key does not belong to the private key'],
		['a public key that is no base64', { publicKey: '%%%' }, 'The public key is not base64'],
		['a public key that is too short', { publicKey: 'BAAA' }, 'The public key does not have 65 bytes starting with 04'],
		['a compressed public key', { publicKey: compressed.toString('base64') }, 'The public key is in compressed form'],
		['a public key off the curve', { publicKey: offCurve.toString('base64') }, 'The public key is no point of the curve'],
		['a server key that is no base64', { serverPublicKey: '???' }, 'The server public key is not base64'],
		['a server key of the wrong length', { serverPublicKey: 'AAAA' }, 'The server public key does not have 65 bytes'],
		['a server key off the curve', { serverPublicKey: offCurve.toString('base64') }, 'The server public key is no point'],
		['an address that is none', { serverUrl: 'api cryptocapital' }, 'The server URL is no http(s) or ws(s) address'],
		['an address of another protocol', { serverUrl: 'ftp://127.0.0.1' }, 'The server URL is no http(s) or ws(s) address'],
		['an address with a password', { serverUrl: 'https://me:secret@127.0.0.1' }, 'contains a user name or password'],
		['a remote address without encryption', { serverUrl: 'http://192.0.2.1' }, 'The server URL is not encrypted'],
		['an unknown transport', { transport: 'carrierPigeon' }, 'transport is neither "socketIo" nor "webSocket"'],
	])('%s', async (_name, overrides, words) => {
		const result = await test(overrides);

		expect(result.status).toBe('Error');
		expect(result.message).toContain(words);
		// The problem, and then what to do about it.
		expect(result.message).toMatch(/\. [A-Z].*\.$/);
		for (const value of Object.values(overrides)) if (value.length > 3) expect(result.message).not.toContain(value);
		expect(world.sandbox.counters.connections).toBe(0);
	});
});

describe('what is wrong at the other end is told apart', () => {
	const servers: Server[] = [];
	afterEach(() => {
		for (const server of servers.splice(0)) {
			server.close();
			server.closeAllConnections();
		}
	});

	async function listen(status: number): Promise<string> {
		const server = createServer((_request, response) => response.writeHead(status).end('hello'));
		servers.push(server);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	const transports = ['socketIo', 'webSocket'];

	it.each(transports)('a server that is not there, over %s', async (transport) => {
		await world.sandbox.stop();

		const { message, status } = await test({ transport });

		expect(status).toBe('Error');
		expect(message).toMatch(`No Crypto Capital server answers at ${world.sandbox.url}`);
		expect(message).toMatch(/Check the server URL/);
	});

	it.each(transports.flatMap((transport) => [200, 404].map((status) => [transport, status] as const)))(
		'over %s, a plain web server that answers %i',
		async (transport, status) => {
			const serverUrl = await listen(status);

			const { message } = await test({ serverUrl, transport });

			expect(message).toContain(`${serverUrl} speaks neither Socket.IO nor the WebSocket framing`);
			expect(message).toMatch(/something else seems to run at this address/);
		},
	);

	it.each(transports)('a key that the server refuses, over %s', async (transport) => {
		const stranger = generateKeyPair();

		const { message } = await test({ transport, privateKey: stranger.privateKey });

		expect(message).toContain(`The server refuses the key ${stranger.publicKey}: Unknown key`);
		expect(message).toMatch(/Check that the key is registered/);
		expect(message).not.toContain(stranger.privateKey);
	});

	it('leaves no connection and no session behind, whatever happened', async () => {
		const stranger = generateKeyPair();
		const closed = world.sandbox.next('disconnected');
		await test({ privateKey: stranger.privateKey });
		await closed;
		await test({ serverUrl: await listen(404) });

		expect(world.sandbox.connections).toEqual([]);
		expect(sharedConnections.size).toBe(0);
	});
});

function hex(base64: string): string {
	return Buffer.from(base64, 'base64').toString('hex');
}
