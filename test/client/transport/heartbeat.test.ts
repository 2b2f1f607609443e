import { startServer, GENERATIONS, type RealServer } from '../../servers/real-servers';
import { startProxy, type TcpProxy } from '../../servers/tcp-proxy';
import { connectTo } from './recorder';

const SOCKET_IO = GENERATIONS.filter((generation) => generation !== 'webSocket');

describe.each(SOCKET_IO)('the heartbeat of %s', (generation) => {
	let server: RealServer;
	let proxy: TcpProxy;

	beforeEach(async () => {
		server = await startServer(generation, { heartbeat: { pingInterval: 100, pingTimeout: 200 } });
		proxy = await startProxy(server.port);
	});

	afterEach(async () => {
		await proxy.stop();
		await server.stop();
	});

	it('notices that the other side is no longer there, although nobody closed the connection', async () => {
		const { connection, recorder } = await connectTo({ url: `http://127.0.0.1:${proxy.port}`, kind: 'socketIo' });
		proxy.freeze();
		expect(await recorder.first(1)).toEqual([{ closed: true }]);
		expect(connection.send('auth', '{}')).toBe(false);
	});

	it('keeps a silent connection up for as long as the other side is there', async () => {
		const { connection, recorder } = await connectTo({ url: `http://127.0.0.1:${proxy.port}`, kind: 'socketIo' });
		// A second connection whose network freezes later: when its end is noticed, several heartbeats have passed on the first.
		const other = await startProxy(server.port);
		const { recorder: otherRecorder } = await connectTo({ url: `http://127.0.0.1:${other.port}`, kind: 'socketIo' });
		other.freeze();
		await otherRecorder.first(1);
		expect(recorder.reports).toEqual([]);
		expect(connection.send('auth', '{}')).toBe(true);
		connection.close();
		await other.stop();
	});
});
