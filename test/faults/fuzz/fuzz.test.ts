import type { VerifiedMessage } from '../../../client';
import { freshKey, nextOf, settingsFor, TestPool } from '../../client/clients';
import { SERVER_KEY, startBank } from '../../client/signing-bank';
import { settledHeap } from '../support/heap';
import { genuineMessages, isGenuine, mutated, noise, Random } from './frames';

const FRAMES = Number(process.env.FUZZ_FRAMES ?? 100_000);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2_147_483_647);
/** As many as are sent before it is waited for what became of them. */
const BATCH = 1_000;

describe(`fuzz, seed ${SEED} (FUZZ_SEED repeats it)`, () => {
	it(`accepts nothing of ${FRAMES} random and mutated frames but what was signed, and does not grow`, async () => {
		const random = new Random(SEED);
		const key = freshKey();
		const { server } = await startBank('webSocket');
		const connections = new TestPool();
		const client = await connections.readyClient(settingsFor(server, key));
		const [connection] = server.connections;
		const genuine = await genuineMessages(SERVER_KEY, key.publicKey, 60);
		const marker = genuine[0];
		if (!connection || !marker) throw new Error('There is no connection');

		const forged: VerifiedMessage[] = [];
		let accepted = 0;
		let unaccepted = 0;
		client.onMessage((verified) => {
			accepted += 1;
			if (!isGenuine(verified.message, genuine)) forged.push(verified);
		});
		client.session.onUnaccepted.add(() => {
			unaccepted += 1;
		});
		let heapEarly = 0;
		for (let sent = 0; sent < FRAMES; sent += BATCH) {
			for (let frame = 0; frame < BATCH; frame += 1) {
				connection.sendRaw(random.below(10) === 0 ? noise(random) : mutated(random.pick(genuine), genuine, random));
			}
			// What is delivered comes in order: when this one is, everything before it is over.
			const over = nextOf(
				client.session.onMessage,
				({ message }) => message.nonce === marker.message.nonce && client.session.messagesInVerification === 0,
			);
			connection.send(marker.message.type, marker.wire);
			await over;
			if (sent >= FRAMES / 5 && heapEarly === 0) heapEarly = settledHeap();
		}
		const growth = settledHeap() - heapEarly;
		console.info(`${accepted} frames were genuine after all, ${unaccepted} were not accepted, the heap grew by ${growth.toFixed(1)} MiB`);

		expect(forged).toEqual([]);
		expect(unaccepted).toBeGreaterThan(FRAMES / 2);
		expect(client.session.state).toBe('ready');
		expect(client.session.connections).toBe(1);
		expect(growth).toBeLessThan(8);
		connections.close();
		await server.stop();
	});
});
