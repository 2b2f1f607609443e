import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { GENERATIONS, startServer } from '../../servers/real-servers';
import { connectTo } from './recorder';

/** What keeps the process alive. */
function handles(): string[] {
	return process.getActiveResourcesInfo().filter((resource) => /TCP|TLS|Timeout|GetAddrInfo/.test(resource));
}

/** Resolves when nothing more keeps the process alive than before; the test's own deadline is the limit. */
async function untilOnly(before: readonly string[]): Promise<void> {
	while (handles().length > before.length) await nextTurn();
}

describe.each(GENERATIONS)('what is left behind: %s', (generation) => {
	it('nothing of a connection that the client closed', async () => {
		const before = handles();
		const controller = new AbortController();
		const server = await startServer(generation, { heartbeat: { pingInterval: 100, pingTimeout: 200 } });
		const { connection } = await connectTo(server, { signal: controller.signal });
		expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
		connection.send('auth', '{}');
		connection.close();
		await server.stop();
		await untilOnly(before);
	});

	it('nothing of a connection that the server ended', async () => {
		const before = handles();
		const server = await startServer(generation);
		const { recorder } = await connectTo(server);
		await server.stop();
		await recorder.first(1);
		await untilOnly(before);
	});

	it('nothing of an attempt that failed', async () => {
		const before = handles();
		const server = await startServer(generation);
		await server.stop();
		await expect(connectTo(server)).rejects.toMatchObject({ reason: 'unreachable' });
		await untilOnly(before);
	});

	it('nothing of an attempt on a server of the other kind', async () => {
		const before = handles();
		const server = await startServer(generation);
		const kind = server.kind === 'webSocket' ? 'socketIo' : 'webSocket';
		await expect(connectTo({ url: server.url, kind })).rejects.toMatchObject({ reason: expect.any(String) as string });
		await server.stop();
		await untilOnly(before);
	});
});
