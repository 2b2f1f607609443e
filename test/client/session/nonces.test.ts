import fc from 'fast-check';
import { NonceSource, nonceSource } from '../../../client/session/nonces';
import type { RealServer } from '../../servers/real-servers';
import { errorOf, freshKey, settingsFor, TestPool } from '../clients';
import { ACCOUNT, BENEFICIARY, startBank, type SigningBank } from '../signing-bank';

const HOUR = 3_600_000;
const TRANSFER = { accountNumber: ACCOUNT, beneficiary: BENEFICIARY, currency: 'USD', amount: 1, narrative: 'nonces' };

describe('a source of nonces', () => {
	it('only ever grows, whatever the clock does', () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: 0, max: 2e12, noNaN: true }), { minLength: 2 }), (times) => {
				const source = new NonceSource();
				const nonces = times.map((now) => source.next(now));
				return nonces.every((nonce, index) => Number.isSafeInteger(nonce) && (index === 0 || nonce > (nonces[index - 1] ?? 0)));
			}),
		);
	});

	it('stays at the clock, and runs ahead only by what was taken within one millisecond', () => {
		const source = new NonceSource();
		expect([source.next(1_000), source.next(1_000), source.next(1_000.9), source.next(2_000)]).toEqual([1_000, 1_001, 1_002, 2_000]);
		expect(source.lead(1_990)).toBe(10);
		expect(source.lead(3_000)).toBe(0);
	});

	it('is one for all connections of a key', () => {
		const [one, another] = [freshKey().publicKey, freshKey().publicKey];
		expect(nonceSource(one)).toBe(nonceSource(one));
		expect(nonceSource(one)).not.toBe(nonceSource(another));
	});
});

describe.each(['socketIo1', 'webSocket'] as const)('the nonces that a server sees: %s', (generation) => {
	let bank: SigningBank;
	let server: RealServer;
	let connections: TestPool;

	beforeEach(async () => {
		({ bank, server } = await startBank(generation));
		connections = new TestPool();
	});

	afterEach(async () => {
		connections.close();
		await server.stop();
	});

	/** What arrived of one operation. */
	const countOf = (operation: string) => bank.received.filter((received) => received.operation === operation).length;

	it('grow in the order of writing, however many operations there are at a time, and when the clock is set back', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const transfers = Array.from({ length: 30 }, async () => await client.sendTransfer(TRANSFER));
		connections.clock.setBack(HOUR);
		transfers.push(...Array.from({ length: 30 }, async () => await client.sendTransfer(TRANSFER)));
		const results = await Promise.all(transfers);
		expect(results.map(({ status }) => status)).toEqual(results.map(() => 'accepted'));
		expect(bank.nonces).toEqual([...new Set(bank.nonces)].sort((a, b) => a - b));
		// In the order in which they were asked for, none refused and none repeated.
		expect(results.map(({ nonce }) => nonce)).toEqual(bank.nonces.slice(1));
	});

	it('are milliseconds since 1970', async () => {
		const before = connections.clock.now();
		await connections.readyClient(settingsFor(server));
		const [nonce = 0] = bank.nonces;
		expect(nonce).toBeGreaterThanOrEqual(Math.trunc(before));
		expect(nonce).toBeLessThanOrEqual(connections.clock.now());
	});

	it('grow from one connection to the next, when the clock is set back in between', async () => {
		const settings = settingsFor(server);
		await connections.readyClient(settings);
		connections.close();
		connections = new TestPool();
		connections.clock.setBack(HOUR);
		const client = await connections.readyClient(settings);
		await client.sendTransfer(TRANSFER);
		expect(bank.received.map(({ operation }) => operation)).toEqual(['auth', 'auth', 'transfer']);
		expect(bank.nonces).toEqual([...bank.nonces].sort((a, b) => a - b));
	});

	it.each([['Nonce too low'], ['invalid NONCE'], [undefined]])('are replaced by fresh ones where they are refused with the reason %p', async (reason) => {
		const client = await connections.readyClient(settingsFor(server));
		let refusals = 0;
		bank.course = async (received, proceed) => {
			refusals += 1;
			if (refusals > 3) await proceed();
			else bank.refuse(received, reason);
		};
		const { status, nonce } = await client.sendTransfer(TRANSFER);
		expect(status).toBe('accepted');
		expect(countOf('transfer')).toBe(4);
		expect(bank.records).toHaveLength(1);
		expect(bank.nonces).toEqual([...new Set(bank.nonces)].sort((a, b) => a - b));
		expect(nonce).toBe(bank.nonces.at(-1));
	});

	it('are refused five times more at most', async () => {
		const client = await connections.readyClient(settingsFor(server));
		bank.course = (received) => bank.refuse(received, 'Nonce too low');
		expect(await errorOf(client.sendTransfer(TRANSFER))).toMatchObject({ name: 'RejectedError', outcome: 'rejected', reason: 'Nonce too low' });
		expect(countOf('transfer')).toBe(6);
		expect(new Set(bank.nonces).size).toBe(7);
	});

	it('are not replaced where something else is refused', async () => {
		const client = await connections.readyClient(settingsFor(server));
		bank.course = (received) => bank.refuse(received, 'Account is closed');
		expect(await errorOf(client.sendTransfer(TRANSFER))).toMatchObject({ reason: 'Account is closed' });
		expect(countOf('transfer')).toBe(1);
	});

	it('are not replaced where the caller gave up', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const controller = new AbortController();
		bank.course = (received) => {
			controller.abort();
			bank.refuse(received, 'Nonce too low');
		};
		const error = await errorOf(client.sendTransfer(TRANSFER, { signal: controller.signal }));
		expect(error.outcome).toBe('unknown');
		expect(countOf('transfer')).toBe(1);
	});

	it('that another client has outrun by far are a reason to look at the clock', async () => {
		const key = freshKey();
		bank.lastNonces.set(key.publicKey, connections.clock.now() + HOUR);
		const error = await errorOf(connections.client(settingsFor(server, key)).ready());
		expect(error).toMatchObject({ name: 'AuthenticationError', outcome: 'notSent', reason: 'Nonce too low' });
		expect(error.description).toContain('clock');
		expect(countOf('auth')).toBe(6);
	});
});
