import { getEventListeners, once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket as ServerWebSocket } from 'ws';
import type { TransportKind } from '../../../client/transport/transport';
import { ConnectionError, type ConnectionErrorReason } from '../../../client/errors/connection-error';
import { selfSignedCertificate } from '../../servers/certificate';
import { startServer } from '../../servers/real-servers';
import { startProxy } from '../../servers/tcp-proxy';
import { connectTo } from './recorder';

const KINDS: readonly TransportKind[] = ['socketIo', 'webSocket'];

/** Expects the attempt to fail for this reason, in the client's own words, and to leave nothing on the caller's signal. */
async function expectFailure(
	url: string,
	kind: TransportKind,
	reason: ConnectionErrorReason,
	controller = new AbortController(),
): Promise<void> {
	const error: unknown = await connectTo({ url, kind }, { signal: controller.signal }).catch((caught: unknown) => caught);
	expect(error).toBeInstanceOf(ConnectionError);
	expect(error).toMatchObject({ reason, outcome: 'notSent', details: { server: new URL(url).origin, reason } });
	expect((error as ConnectionError).cause).toBeUndefined();
	expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
}

describe.each(KINDS)('an attempt that fails, over %s', (kind) => {
	const stops: Array<() => Promise<void>> = [];

	/** Starts any server of Node on a port of the system's choice, and ends it with all its connections after the test. */
	async function serve(server: Server, onSocket?: (socket: Socket) => void): Promise<string> {
		const sockets = new Set<Socket>();
		server.on('connection', (socket: Socket) => {
			sockets.add(socket);
			socket.on('error', () => undefined);
			onSocket?.(socket);
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		stops.push(async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		});
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	afterEach(async () => {
		for (const stop of stops.splice(0)) await stop();
	});

	it('says that nobody is there', async () => {
		const server = await startServer('socketIo4');
		await server.stop();
		await expectFailure(server.url, kind, 'unreachable');
	});

	it('says so where the host does not exist', async () => {
		await expectFailure('https://no-such-host.invalid', kind, 'unreachable');
	});

	it.each([502, 503, 504])('says so where only a gateway is there, and answers %d', async (status) => {
		const url = await serve(createHttpServer((_request, response) => response.writeHead(status).end()));
		await expectFailure(url, kind, 'unreachable');
	});

	it('says that the certificate is not trusted', async () => {
		const server = await startServer(kind === 'socketIo' ? 'socketIo4' : 'webSocket', { tls: selfSignedCertificate() });
		stops.push(() => server.stop());
		await expectFailure(server.url, kind, 'certificate');
	});

	it.each([200, 301, 401, 404, 426, 500])('says that something else is there: a web server that answers %d', async (status) => {
		const url = await serve(
			createHttpServer((_request, response) => response.writeHead(status, { location: '/elsewhere' }).end('a page')),
		);
		await expectFailure(url, kind, 'unknownProtocol');
	});

	it('says that something else is there: a server without HTTP', async () => {
		const url = await serve(createTcpServer(), (socket) => socket.end('220 mail.example.org ESMTP\r\n'));
		await expectFailure(url, kind, 'unknownProtocol');
	});

	it('says that something else is there: a server without TLS where TLS was asked for', async () => {
		const url = await serve(createHttpServer());
		await expectFailure(url.replace('http', 'https'), kind, 'unknownProtocol');
	});

	it('says that the connection was dropped in the middle of the handshake', async () => {
		const url = await serve(createTcpServer(), (socket) => socket.once('data', () => socket.destroy()));
		await expectFailure(url, kind, 'lost');
	});

	it('gives up at the deadline where the server accepts the connection and never speaks', async () => {
		const controller = new AbortController();
		const url = await serve(createTcpServer(), (socket) =>
			socket.once('data', () => controller.abort(new DOMException('The deadline has passed', 'TimeoutError'))),
		);
		await expectFailure(url, kind, 'timeout', controller);
	});

	it('gives up at the deadline where the network freezes after the handshake of TCP', async () => {
		const server = await startServer('socketIo4');
		const proxy = await startProxy(server.port);
		stops.push(
			() => proxy.stop(),
			() => server.stop(),
		);
		proxy.freeze();
		const error: unknown = await connectTo(
			{ url: `http://127.0.0.1:${proxy.port}`, kind },
			{ signal: AbortSignal.timeout(100) },
		).catch((caught: unknown) => caught);
		expect(error).toMatchObject({ reason: 'timeout' });
	});

	it('gives up as soon as it is told to', async () => {
		const controller = new AbortController();
		const url = await serve(createTcpServer(), (socket) => socket.once('data', () => controller.abort(new Error('no longer needed'))));
		await expectFailure(url, kind, 'aborted', controller);
	});

	it('ends the connection that it gives up', async () => {
		const controller = new AbortController();
		const ended = Promise.withResolvers<void>();
		const url = await serve(createTcpServer(), (socket) => {
			socket.once('close', () => ended.resolve());
			socket.once('data', () => controller.abort());
		});
		await expectFailure(url, kind, 'aborted', controller);
		await ended.promise;
	});

	it('does not begin where it was told so before', async () => {
		const controller = new AbortController();
		controller.abort();
		await expectFailure('http://127.0.0.1:1', kind, 'aborted', controller);
	});

	it('never shows the user information and the query of the address', async () => {
		const server = await startServer('socketIo4');
		await server.stop();
		const address = `http://name:secret@127.0.0.1:${server.port}/?token=secret`;
		const error: unknown = await connectTo({ url: address, kind }).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(ConnectionError);
		expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toContain('secret');
	});
});

describe('a server that is hostile or broken while Socket.IO shakes hands', () => {
	let server: WebSocketServer;
	let onConnection: (socket: ServerWebSocket) => void;

	async function url(): Promise<string> {
		server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
		server.on('connection', (socket) => onConnection(socket));
		await once(server, 'listening');
		return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	}

	afterEach(async () => {
		for (const client of server.clients) client.terminate();
		const closed = once(server, 'close');
		server.close();
		await closed;
	});

	it.each(['0', '0garbage', '0null', '0{}', '0[]', '0{"sid":1,"upgrades":{"length":-1}}', '40', '4', '', '44"no"', '42["error",{}]', 'x'])(
		'ends the attempt, and not the process, at the frame %j',
		async (frame) => {
			onConnection = (socket) => {
				socket.send(frame);
				socket.close();
			};
			await expectFailure(await url(), 'socketIo', 'unknownProtocol');
		},
	);

	it('ends the attempt where the server closes without a word', async () => {
		onConnection = (socket) => socket.close();
		await expectFailure(await url(), 'socketIo', 'unknownProtocol');
	});

	it('ends the attempt where the server of today refuses the connection in its own words', async () => {
		onConnection = (socket) => {
			socket.send('0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000}');
			socket.send('44{"message":"not authorized"}');
		};
		await expectFailure(await url(), 'socketIo', 'unknownProtocol');
	});
});
