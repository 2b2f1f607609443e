import { freshKey, nextOf, settingsFor, TestPool } from '../../client/clients';
import { startBank } from '../../client/signing-bank';
import type { Generation, RealServer, ServerOptions } from '../../servers/real-servers';
import { startServer } from '../../servers/real-servers';
import { settledHeap } from '../support/heap';

const RECONNECTIONS = 1_000;
/** By then everything that is loaded and cached once has been. */
const WARM_UP = 200;

/** A server that acknowledges whatever comes and remembers nothing, so that what grows is the client's. */
async function startForgetfulServer(generation: Generation, options: ServerOptions = {}): Promise<RealServer> {
	return await startServer(generation, {
		...options,
		handler: (connection, _operation, payload) => {
			const { nonce } = (typeof payload === 'string' ? JSON.parse(payload) : payload) as { nonce: number };
			connection.send('ack', { nonce });
		},
	});
}

/** What keeps a process alive, by kind. */
function resources(): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
	return counts;
}

describe.each<Generation>(['socketIo4', 'socketIo2', 'webSocket'])('days in minutes: %s', (generation) => {
	it(`nothing grows over ${RECONNECTIONS} reconnections`, async () => {
		const server = await startForgetfulServer(generation);
		const connections = new TestPool({ backoff: { minimum: 0, maximum: 1 } });
		const client = await connections.readyClient(settingsFor(server, freshKey()));
		const { session } = client;
		const listeners = () => [session.onReady, session.onDisconnected, session.onMessage, session.onUnaccepted].map(({ size }) => size);
		let early: { heap: number; timers: number; sockets: number; listeners: number[] } | undefined;
		const measure = () => ({
			heap: settledHeap(),
			timers: connections.clock.timers,
			sockets: resources().TCPSocketWrap ?? 0,
			listeners: listeners(),
		});
		for (let reconnection = 1; reconnection <= RECONNECTIONS; reconnection += 1) {
			const back = nextOf(session.onReady);
			for (const connection of [...server.connections]) connection.close();
			await back;
			if (reconnection === WARM_UP) early = measure();
		}
		const late = measure();
		const sockets = resources();
		console.info(`${generation}: the heap grew by ${(late.heap - (early?.heap ?? 0)).toFixed(1)} MiB`, sockets);

		expect(session.connections).toBe(RECONNECTIONS + 1);
		expect(late.listeners).toEqual(early?.listeners);
		expect(late.timers).toBeLessThanOrEqual((early?.timers ?? 0) + 1);
		// One connection has two ends in this process; a few that were just closed may not be gone yet.
		expect(late.sockets).toBeLessThanOrEqual((early?.sockets ?? 0) + 4);
		expect(late.heap - (early?.heap ?? 0)).toBeLessThan(6);
		connections.close();
		await server.stop();
	});
});

describe('an idle connection', () => {
	it('does not grow over 1,000 heartbeats, and keeps one timer', async () => {
		const server = await startForgetfulServer('socketIo4', { heartbeat: { pingInterval: 5, pingTimeout: 5_000 } });
		const connections = new TestPool();
		const client = await connections.readyClient(settingsFor(server, freshKey()));
		const beats = async (count: number) => await new Promise((resolve) => setTimeout(resolve, count * 6));
		await beats(100);
		const early = settledHeap();
		const timers = connections.clock.timers;
		await beats(1_000);
		expect(client.session.connections).toBe(1);
		expect(connections.clock.timers).toBe(timers);
		expect(settledHeap() - early).toBeLessThan(2);
		connections.close();
		await server.stop();
	});

	it('on WebSocket is probed once in 30 s of silence, for hours', async () => {
		const { bank, server } = await startBank('webSocket');
		const connections = new TestPool();
		const client = await connections.readyClient(settingsFor(server, freshKey()));
		const hours = 4;
		const silence = 30_000;
		const probes = (hours * 3_600_000) / silence;
		for (let probe = 0; probe < probes; probe += 1) {
			const probed = bank.next('auth');
			connections.clock.skip(silence);
			await probed;
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(client.session.connections).toBe(1);
		expect(bank.received).toHaveLength(probes + 1);
		expect(connections.clock.timers).toBeLessThanOrEqual(2);
		connections.close();
		await server.stop();
	});
});
