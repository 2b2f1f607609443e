import { namedKey, signMessage } from '../keys';
import { freshKey, nextOf, settingsFor, TestPool } from '../clients';
import { ACCOUNT, SERVER_KEY, startBank } from '../signing-bank';
import { occupyThreads } from '../threads';

jest.setTimeout(30_000);

const MEGABYTE = 1_024 * 1_024;
describe.each(['socketIo4', 'webSocket'] as const)('a server that sends faster than anybody can verify: %s', (generation) => {
	it('is left before the memory is full, and what was verified before still counts', async () => {
		const key = freshKey();
		const { bank, server } = await startBank(generation);
		const connections = new TestPool();
		const client = await connections.readyClient(settingsFor(server, key));
		const [connection] = server.connections;
		const params = { accountNumber: ACCOUNT, name: 'x'.repeat(200_000), currency: 'USD', balance: '1.00', available: '1.00' };
		const head = { type: 'account', key: SERVER_KEY.publicKey, rcpt: key.publicKey, nonce: '1429815032196' } as const;
		const large = JSON.stringify(await signMessage(namedKey('a stranger'), { ...head, params }));

		const lost = nextOf(client.session.onDisconnected);
		const threads = occupyThreads();
		for (let sent = 0; sent < 80 * MEGABYTE; sent += large.length) connection?.send('account', large);
		expect(await lost).toMatchObject({ reason: 'lost' });
		expect(client.session.messageCounts.size * large.length).toBeLessThan(66 * MEGABYTE);
		const back = nextOf(client.session.onReady);
		await threads.release();
		await back;
		expect((await client.getAccount(ACCOUNT)).params.balance).toBe(bank.balance(ACCOUNT));
		connections.close();
		await server.stop();
	});
});
