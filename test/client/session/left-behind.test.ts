import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GENERATIONS, startServer } from '../../servers/real-servers';
import { errorOf, nextOf, settingsFor, TestPool } from '../clients';
import { ACCOUNT, BENEFICIARY, startBank } from '../signing-bank';

const TRANSFER = { accountNumber: ACCOUNT, beneficiary: BENEFICIARY, currency: 'USD', amount: 1, narrative: 'left behind', reference: 'INV-1' };

/** What keeps the process alive. */
function handles(): string[] {
	return process.getActiveResourcesInfo().filter((resource) => /TCP|TLS|Timeout|GetAddrInfo/.test(resource));
}

/** Resolves when nothing more keeps the process alive than before; the test's own deadline is the limit. */
async function untilOnly(before: readonly string[]): Promise<void> {
	while (handles().length > before.length) await nextTurn();
}

describe.each(GENERATIONS)('what a closed session leaves behind: %s', (generation) => {
	it('nothing, after everything was done on it', async () => {
		const before = handles();
		const { bank, server } = await startBank(generation);
		const connections = new TestPool();
		const { clock } = connections;
		const controller = new AbortController();
		const { signal } = controller;
		const client = await connections.readyClient(settingsFor(server));
		const { session } = client;
		const atRest = [session.onMessage.size, session.onDisconnected.size, session.onReady.size, session.onUnaccepted.size];
		expect(atRest).toEqual([0, 0, 0, 0]);
		const timersAtRest = clock.timers;

		await client.getAccount(ACCOUNT, { signal });
		await client.getStatement({ accountNumber: ACCOUNT, filter: { limit: '5' } }, { quietPeriod: 20, signal });
		await client.sendTransfer(TRANSFER, { quietPeriod: 20, waitForConfirmation: true, signal });
		expect(getEventListeners(signal, 'abort')).toEqual([]);
		expect(clock.timers).toBe(timersAtRest);
		expect(session.queue.size).toBe(0);
		// What stays for the life of the session: the memory of answers, and of records.
		const listening = [session.onMessage.size, session.onDisconnected.size, session.onReady.size, session.onUnaccepted.size];
		await client.getAccount(ACCOUNT);
		await client.sendTransfer({ ...TRANSFER, reference: 'INV-2' }, { quietPeriod: 20, waitForConfirmation: true });
		expect([session.onMessage.size, session.onDisconnected.size, session.onReady.size, session.onUnaccepted.size]).toEqual(listening);

		const back = nextOf(session.onReady);
		for (const connection of server.connections) connection.close();
		await back;
		expect(bank.records).toHaveLength(2);
		connections.close();
		connections.close();
		await server.stop();
		await nextTurn();
		expect(clock.timers).toBe(0);
		await untilOnly(before);
	});

	it('nothing, where it was closed in the middle of operations', async () => {
		const before = handles();
		const { bank, server } = await startBank(generation);
		const connections = new TestPool();
		const client = await connections.readyClient(settingsFor(server));
		bank.course = () => undefined;
		const arrived = bank.next('account');
		const operations = [
			client.getStatement({ accountNumber: ACCOUNT, filter: { limit: '5' } }),
			client.sendTransfer({ ...TRANSFER, reference: undefined }),
			client.getAccount(ACCOUNT),
		].map(errorOf);
		await arrived;
		connections.close();
		for (const error of await Promise.all(operations)) expect(error.name).toMatch(/^(?:ConnectionError|OutcomeUnknownError)$/u);
		expect(connections.clock.timers).toBe(0);
		await server.stop();
		await untilOnly(before);
	});

	it('nothing, where it never came about', async () => {
		const before = handles();
		const server = await startServer(generation);
		await server.stop();
		const connections = new TestPool({ backoff: { minimum: 60_000, maximum: 60_000 } });
		await errorOf(connections.client(settingsFor(server)).ready());
		connections.close();
		await nextTurn();
		expect(connections.clock.timers).toBe(0);
		await untilOnly(before);
	});
});
