import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, open, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedKey, signMessage } from '../keys';
import { freshKey, nextOf, settingsFor, TestPool } from '../clients';
import { ACCOUNT, SERVER_KEY, startBank } from '../signing-bank';

jest.setTimeout(30_000);

const MEGABYTE = 1_024 * 1_024;
/** As many as libuv has unless told otherwise. */
const THREADS = 4;

/**
 * Occupies every thread that signatures are verified on until it is released: a thread that opens a pipe for reading waits for somebody to write.
 */
function occupyThreads(): { release(): Promise<void> } {
	const directory = mkdtempSync(join(tmpdir(), 'threads-'));
	const pipe = join(directory, 'pipe');
	execFileSync('mkfifo', [pipe]);
	const opened = Array.from(
		{ length: THREADS },
		async () => await new Promise<number>((resolve, reject) => open(pipe, 'r', (error, file) => (error ? reject(error) : resolve(file)))),
	);
	return {
		release: async () => {
			const writer = openSync(pipe, 'w');
			for (const file of await Promise.all(opened)) closeSync(file);
			closeSync(writer);
			rmSync(directory, { recursive: true });
		},
	};
}

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
