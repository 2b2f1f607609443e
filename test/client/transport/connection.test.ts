import { once } from 'node:events';
import type { TransportConnection } from '../../../client/transport/transport';
import { GENERATIONS, PROTOCOLS, startServer, type RealServer, type ServerConnection } from '../../servers/real-servers';
import { connectBothEnds, connectTo } from './recorder';

describe.each(GENERATIONS)('a connection to a real server: %s', (generation) => {
	const message = { apiVersion: 2, key: 'a key', params: { narrative: 'naïve "quotes" 💶 \u2028' } };
	let server: RealServer;
	const connections: TransportConnection[] = [];

	async function open(options: Parameters<typeof connectTo>[1] = {}) {
		const opened = await connectTo(server, options);
		connections.push(opened.connection);
		return opened;
	}

	beforeEach(async () => {
		server = await startServer(generation, {
			handler: (connection, operation, payload) => connection.send(operation, payload),
		});
	});

	afterEach(async () => {
		for (const connection of connections.splice(0)) connection.close();
		await server.stop();
	});

	it('finds out what the server speaks', async () => {
		const { connection } = await open();
		expect(connection.protocol).toBe(PROTOCOLS[generation]);
	});

	it.each(['socketIo4', 'socketIo3', 'webSocket'] as const)(
		'finds it out although it expected %s',
		async (preferredProtocol) => {
			const { connection } = await open({ preferredProtocol });
			expect(connection.protocol).toBe(PROTOCOLS[generation]);
		},
		// A server of Socket.IO 3 says nothing to a client of the older protocol, and is given time to.
		20_000,
	);

	it('sends an operation as the API wants it: a string over Socket.IO, an object over WebSocket', async () => {
		const { connection } = await open();
		const received = once(server.events, 'operation');
		expect(connection.send('transfer', JSON.stringify(message))).toBe(true);
		const [, operation, payload] = (await received) as [ServerConnection, string, unknown];
		expect(operation).toBe('transfer');
		expect(payload).toEqual(server.kind === 'webSocket' ? message : JSON.stringify(message));
	});

	it.each(['ack', 'err', 'transfer', 'account', 'error', 'statement', 'something new'])(
		'hands on the message %s, as a string and as an object',
		async (type) => {
			const { connection, recorder, seenByServer } = await connectBothEnds(server);
			connections.push(connection);
			seenByServer.send(type, JSON.stringify(message));
			seenByServer.send(type, message);
			expect((await recorder.first(3)).slice(1)).toEqual([
				{ message: type, payload: JSON.stringify(message) },
				{ message: type, payload: message },
			]);
		},
	);

	it('keeps the order of what it sends and of what it receives', async () => {
		const { connection, recorder } = await open();
		const numbers = Array.from({ length: 200 }, (_, index) => index);
		for (const number of numbers) connection.send('transfer', JSON.stringify({ number }));
		const echoes = await recorder.first(numbers.length);
		const payloads = echoes.map((echo) => ('payload' in echo ? echo.payload : undefined));
		const parsed = payloads.map((payload) => (typeof payload === 'string' ? (JSON.parse(payload) as unknown) : payload));
		expect(parsed).toEqual(numbers.map((number) => ({ number })));
	});

	it('reports once that the server has stopped, writes nothing afterwards, and connects to its successor', async () => {
		const { connection, recorder } = await open();
		const { port } = server;
		await server.stop();
		expect(await recorder.first(1)).toEqual([{ closed: true }]);
		expect(connection.send('auth', '{}')).toBe(false);
		server = await startServer(generation, { port });
		const next = await open({ preferredProtocol: connection.protocol });
		const received = once(server.events, 'operation');
		next.connection.send('auth', '{}');
		await received;
		expect(recorder.reports).toEqual([{ closed: true }]);
	});

	it('reports that the server has ended this connection', async () => {
		const { recorder } = await open();
		for (const seenByServer of server.connections) seenByServer.close();
		expect(await recorder.first(1)).toEqual([{ closed: true }]);
	});

	it('says nothing any more once it is closed, and may be closed twice', async () => {
		const { connection, recorder } = await open();
		for (const seenByServer of server.connections) seenByServer.send('transfer', message);
		const disconnected = once(server.events, 'disconnection');
		connection.close();
		connection.close();
		expect(connection.send('auth', '{}')).toBe(false);
		await disconnected;
		expect(recorder.reports).toEqual([]);
	});

	it('accepts the address in its other scheme', async () => {
		const { connection } = await connectTo({ url: server.url.replace('http', 'ws'), kind: server.kind });
		connections.push(connection);
		expect(connection.protocol).toBe(PROTOCOLS[generation]);
	});

	it('serves several connections beside each other', async () => {
		const [first, second] = await Promise.all([open(), open()]);
		first.connection.close();
		second.connection.send('auth', JSON.stringify(message));
		await second.recorder.first(1);
		expect(first.recorder.reports).toEqual([]);
	});
});
