import { getEventListeners } from 'node:events';
import { type RealServer, startServer } from '../../servers/real-servers';
import { errorOf, nextOf, settingsFor, TestPool } from '../clients';
import { startBank, type SigningBank } from '../signing-bank';

const TIMEOUT = 60_000;

describe.each(['socketIo1', 'socketIo4', 'webSocket'] as const)('waiting for a session to be ready: %s', (generation) => {
	let bank: SigningBank;
	let server: RealServer;
	let connections: TestPool;

	beforeEach(async () => {
		({ bank, server } = await startBank(generation));
		connections = new TestPool({ backoff: { minimum: 30_000, maximum: 30_000 } });
	});

	afterEach(async () => {
		connections.close();
		await server.stop();
	});

	it('ends as soon as operations can be written, for everybody who waits', async () => {
		const client = connections.client(settingsFor(server));
		await Promise.all([client.ready(), client.ready(), client.ready()]);
		await client.ready();
		expect(bank.received).toHaveLength(1);
		expect(client.session.connections).toBe(1);
	});

	it('ends with the first failed attempt where no connection was up yet', async () => {
		await server.stop();
		const client = connections.client(settingsFor(server));
		expect(await errorOf(client.ready({ ackTimeout: TIMEOUT }))).toMatchObject({ name: 'ConnectionError', reason: 'unreachable', outcome: 'notSent' });
		expect(client.session.state).toBe('waiting');
	});

	it('begins a new attempt at once, instead of waiting for the next one', async () => {
		await server.stop();
		const client = connections.client(settingsFor(server));
		await errorOf(client.ready({ ackTimeout: TIMEOUT }));
		server = await startServer(generation, { port: server.port, handler: bank.handler });
		await client.ready({ ackTimeout: TIMEOUT });
		expect(client.session.state).toBe('ready');
	});

	it('goes on over failed attempts after an interruption', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const lost = nextOf(client.session.onDisconnected);
		await server.stop();
		await lost;
		const failed = nextOf(client.session.onDisconnected, (error) => error.message.includes('answers'));
		const ready = client.ready({ ackTimeout: TIMEOUT });
		await failed;
		server = await startServer(generation, { port: server.port, handler: bank.handler });
		await connections.clock.timer(30_000);
		connections.clock.skip(30_000);
		await ready;
		expect(client.session.connections).toBe(2);
	});

	it('ends after an interruption when the time is over, with the reason of the last failure', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const lost = nextOf(client.session.onDisconnected);
		await server.stop();
		await lost;
		const failed = nextOf(client.session.onDisconnected, (error) => error.message.includes('answers'));
		const waiting = errorOf(client.ready({ ackTimeout: 20_000 }));
		await failed;
		connections.clock.skip(20_000);
		expect(await waiting).toMatchObject({ name: 'ConnectionError', reason: 'unreachable' });
	});

	it('ends with the refusal of the key, and its words', async () => {
		bank.course = (received) => bank.refuse(received, 'Unknown key');
		const settings = settingsFor(server);
		const client = connections.client(settings);
		const error = await errorOf(client.ready());
		expect(error).toMatchObject({ name: 'AuthenticationError', outcome: 'notSent', reason: 'Unknown key' });
		expect(error.message).toContain(client.session.publicKey);
		expect(bank.received).toHaveLength(1);
	});

	it('ends where the server does not answer the authentication', async () => {
		bank.course = () => undefined;
		const arrived = bank.next('auth');
		const waiting = errorOf(connections.client(settingsFor(server)).ready({ ackTimeout: TIMEOUT }));
		await arrived;
		connections.clock.skip(10_000);
		expect(await waiting).toMatchObject({ name: 'ConnectionError', reason: 'timeout', outcome: 'notSent' });
	});

	it('ends when the caller gives up, and leaves nothing on the signal', async () => {
		bank.course = () => undefined;
		const arrived = bank.next('auth');
		const controller = new AbortController();
		const waiting = errorOf(connections.client(settingsFor(server)).ready({ signal: controller.signal }));
		await arrived;
		controller.abort();
		expect(await waiting).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
		expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
		expect(await errorOf(connections.client(settingsFor(server)).ready({ signal: controller.signal }))).toMatchObject({ name: 'CancelledError' });
	});

	it('ends at once where the session is closed or being closed', async () => {
		bank.course = () => undefined;
		const arrived = bank.next('auth');
		const client = connections.client(settingsFor(server));
		const waiting = errorOf(client.ready());
		await arrived;
		connections.close();
		expect(await waiting).toMatchObject({ name: 'ConnectionError', reason: 'lost' });
		expect(await errorOf(client.ready())).toMatchObject({ name: 'ConnectionError', reason: 'lost' });
		expect(client.session.state).toBe('closed');
	});
});
