import { inspect } from 'node:util';
import { ConnectionPool } from '../../client/connection-pool';
import { CryptoCapitalClient } from '../../client/client';
import { readSettings } from '../../client/settings';
import type { FaultName } from '../../sandbox';
import { namedKey } from './keys';
import { PATIENT, World } from './world';

/** Short enough for failures that nothing else ends. */
const IMPATIENT = { ...PATIENT, ackTimeout: 150, responseTimeout: 150, confirmationTimeout: 150, quietPeriod: 30 };

const FAULTS: FaultName[] = ['refuse', 'dropBeforeAck', 'dropAfterAck', 'loseAck', 'neverAnswer', 'forgeSignature', 'nonCanonical', 'garbage'];

/** Everything that a log or a person can see of a value. */
function viewsOf(value: unknown): string {
	const json = JSON.stringify(value, (_key, part: unknown) => (typeof part === 'bigint' ? part.toString() : part));
	const views = [inspect(value, { depth: Infinity, showHidden: true, getters: true }), String(value), json];
	if (value instanceof Error) {
		const { message, stack, cause } = value;
		views.push(message, stack ?? '', viewsOf(Object.entries(Object.getOwnPropertyDescriptors(value))));
		if (cause !== undefined) views.push(viewsOf(cause));
	}
	return views.join('\n');
}

/** A private key in every form in which it could slip out, the bytes of a buffer included. */
function formsOf(privateKey: string): string[] {
	const bytes = Buffer.from(privateKey, 'base64');
	const hex = bytes.toString('hex');
	return [
		bytes.toString('base64').replace(/=+$/u, ''),
		bytes.toString('base64url'),
		hex,
		hex.match(/../gu)?.join(' ') ?? '',
		BigInt(`0x${hex}`).toString(),
		[...bytes].join(','),
		[...bytes].join(', '),
	];
}

function expectNoSecret(seen: readonly unknown[], privateKeys: readonly string[]): void {
	const text = seen.map(viewsOf).join('\n').toLowerCase();
	for (const form of privateKeys.flatMap(formsOf)) expect(text).not.toContain(form.toLowerCase());
}

/** The errors of work that is meant to fail. */
async function errorsOf(...work: Array<() => unknown>): Promise<unknown[]> {
	const errors: unknown[] = [];
	for (const attempt of work) {
		try {
			await attempt();
		} catch (error) {
			errors.push(error);
		}
	}
	expect(errors).toHaveLength(work.length);
	return errors;
}

describe('the private key', () => {
	let world: World | undefined;

	afterEach(async () => {
		await world?.end();
		world = undefined;
	});

	it('would be found if it were there', () => {
		const { privateKey } = namedKey('a secret');
		const bytes = Buffer.from(privateKey, 'base64');
		const leaks = [privateKey, bytes.toString('hex'), bytes, [...bytes], { nested: { bytes } }, new Error(`bad key ${privateKey}`), new Error('x', { cause: bytes })];
		for (const leak of leaks) expect(() => expectNoSecret([leak], [privateKey])).toThrow();
	});

	it('is in no error about settings that cannot be right', async () => {
		const { privateKey, publicKey } = namedKey('a secret');
		const hex = Buffer.from(privateKey, 'base64').toString('hex');
		const malformed = [`${privateKey}=`, `${privateKey}AAAA`, privateKey.slice(0, -2), `0x${hex}`, `${hex}00`, hex.slice(2), `${privateKey} ${privateKey}`, `"${privateKey}"`];
		const errors = await errorsOf(
			...malformed.map((text) => () => readSettings({ privateKey: text })),
			() => readSettings({ privateKey, publicKey: namedKey('somebody else').publicKey }),
			() => readSettings({ privateKey, publicKey: privateKey }),
			() => readSettings({ privateKey, serverPublicKey: privateKey }),
			() => readSettings({ privateKey, serverPublicKey: publicKey.slice(4) }),
			() => readSettings({ privateKey, serverUrl: `https://${hex}:${hex}@bank.example` }),
			() => readSettings({ privateKey, serverUrl: `http://bank.example/?key=${privateKey}` }),
			() => readSettings({ privateKey, serverUrl: privateKey }),
		);
		expectNoSecret(errors, [privateKey]);
	});

	it('is in nothing that a client shows of itself', () => {
		const { privateKey } = namedKey('a secret');
		const pool = new ConnectionPool();
		const client = new CryptoCapitalClient({ privateKey, serverUrl: 'http://127.0.0.1:1' }, pool);
		expectNoSecret([client, client.session, pool, readSettings({ privateKey })], [privateKey]);
		pool.closeAll();
	});

	it('is in no error where nobody answers', async () => {
		const { privateKey } = namedKey('a secret');
		const pool = new ConnectionPool();
		const client = new CryptoCapitalClient({ privateKey, serverUrl: 'http://127.0.0.1:1' }, pool);
		const transfer = { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount: 1, narrative: 'x' };
		const errors = await errorsOf(
			async () => await client.ready(),
			async () => await client.getAccount('9120000001'),
			async () => await client.sendTransfer(transfer),
		);
		expectNoSecret(errors, [privateKey]);
		pool.closeAll();
	});

	it.each(FAULTS)('is in no error, message or result of any operation: %s', async (fault) => {
		const seen: unknown[] = [];
		world = await World.begin();
		const { client, sandbox, key } = world;
		client.session.onMessage.add((message) => seen.push(message));
		client.session.onUnaccepted.add((reason) => seen.push(reason));
		client.session.onDisconnected.add((error) => seen.push(error));
		const transfer = { accountNumber: world.ours, beneficiary: world.theirs, currency: 'USD', amount: 1, narrative: 'x' };
		sandbox.faults.enable(fault, {});
		const results = await Promise.allSettled([
			client.getAccount(world.ours, IMPATIENT),
			client.getStatement({ accountNumber: world.ours, filter: { limit: '5' } }, IMPATIENT),
			client.sendTransfer(transfer, { ...IMPATIENT, waitForConfirmation: true }),
			client.sendTransfer({ ...transfer, reference: 'SECRET-1' }, IMPATIENT),
			client.sendTransfer({ ...transfer, amount: 1_000_000 }, { ...IMPATIENT, waitForConfirmation: true }),
			client.getAccount('9999999999', IMPATIENT),
		]);
		for (const result of results) seen.push(result.status === 'fulfilled' ? result.value : result.reason);
		expect(results.map(({ status }) => status)).toContain('rejected');
		expectNoSecret([...seen, client], [key.privateKey]);
	});
});
