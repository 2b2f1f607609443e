import { EventEmitter, once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import type { TransportKind, TransportProtocol } from '../../client/transport/transport';
import { serveSocketIo } from './socket-io-server';

/** The servers that the client must work with, as their authors publish them: socket.io 1.7, 2.5, 3.1, 4.8, and ws. */
export type Generation = 'socketIo1' | 'socketIo2' | 'socketIo3' | 'socketIo4' | 'webSocket';

export const GENERATIONS: readonly Generation[] = ['socketIo1', 'socketIo2', 'socketIo3', 'socketIo4', 'webSocket'];

const SOCKET_IO_VERSIONS = { socketIo1: 1, socketIo2: 2, socketIo3: 3, socketIo4: 4 } as const;

/** What a client finds such a server to speak. */
export const PROTOCOLS: Readonly<Record<Generation, TransportProtocol>> = {
	socketIo1: 'socketIo3',
	socketIo2: 'socketIo3',
	socketIo3: 'socketIo4',
	socketIo4: 'socketIo4',
	webSocket: 'webSocket',
};

export interface Heartbeat {
	pingInterval: number;
	pingTimeout: number;
}

/** One client, seen from the server. */
export interface ServerConnection {
	/** Sends a message; a string goes out as a string, on every transport. */
	send(type: string, payload: unknown): void;
	/** Sends a frame as it is: on Socket.IO, the content of one message of its engine. */
	sendRaw(frame: string | Buffer): void;
	/** Socket.IO 1 and 2: the packet with which the library reports its own errors. Elsewhere nothing. */
	sendErrorPacket(payload: unknown): void;
	/** Ends this connection, as the server's own API does. */
	close(): void;
}

export interface ServerOptions {
	/** What the server does with an operation. The payload is as it came: a string over Socket.IO, an object over WebSocket. */
	handler?: (connection: ServerConnection, operation: string, payload: unknown) => void;
	/** To come back where a server was before. Without it the system chooses. */
	port?: number;
	/** How often Socket.IO looks whether the other side is there. */
	heartbeat?: Partial<Heartbeat>;
	/** Serves with TLS where given, in PEM. */
	tls?: { key: string; cert: string };
}

export interface RealServer {
	/** `http(s)://127.0.0.1:port`, which serves for Socket.IO and for WebSocket. */
	readonly url: string;
	readonly port: number;
	readonly kind: TransportKind;
	readonly connections: ReadonlySet<ServerConnection>;
	/** Emits `connection`, `disconnection` (with the connection) and `operation` (connection, operation, payload). */
	readonly events: EventEmitter;
	/** Ends every connection at once, as a crash does, and frees the port. */
	stop(): Promise<void>;
}

/** How the two kinds of server report to `startServer`. */
export interface ServerSide {
	opened(connection: ServerConnection): void;
	closed(connection: ServerConnection): void;
	received(connection: ServerConnection, operation: string, payload: unknown): void;
}

export async function startServer(generation: Generation, options: ServerOptions = {}): Promise<RealServer> {
	const http = options.tls === undefined ? createHttpServer() : createHttpsServer(options.tls);
	http.on('request', (_request, response) => response.writeHead(404).end());
	const sockets = trackSockets(http);
	const events = new EventEmitter();
	const connections = new Set<ServerConnection>();
	const side: ServerSide = {
		opened: (connection) => {
			connections.add(connection);
			events.emit('connection', connection);
		},
		closed: (connection) => {
			connections.delete(connection);
			events.emit('disconnection', connection);
		},
		received: (connection, operation, payload) => {
			options.handler?.(connection, operation, payload);
			events.emit('operation', connection, operation, payload);
		},
	};
	if (generation === 'webSocket') serveWebSocket(http, side);
	else serveSocketIo(SOCKET_IO_VERSIONS[generation], http, options.heartbeat ?? {}, side);
	http.listen(options.port ?? 0, '127.0.0.1');
	await once(http, 'listening');
	const { port } = http.address() as AddressInfo;
	return {
		url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
		port,
		kind: generation === 'webSocket' ? 'webSocket' : 'socketIo',
		connections,
		events,
		stop: async () => {
			const closed = once(http, 'close');
			http.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}

/** The sockets stay known after an upgrade, when an HTTP server forgets them. */
function trackSockets(http: HttpServer): ReadonlySet<Socket> {
	const sockets = new Set<Socket>();
	http.on('connection', (socket: Socket) => {
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	return sockets;
}

function serveWebSocket(http: HttpServer, side: ServerSide): void {
	new WebSocketServer({ server: http, path: '/ws' }).on('connection', (socket) => {
		const connection: ServerConnection = {
			send: (type, payload) => socket.send(JSON.stringify({ msg: type, data: payload })),
			sendRaw: (frame) => socket.send(frame),
			sendErrorPacket: () => undefined,
			close: () => socket.close(),
		};
		side.opened(connection);
		socket.on('close', () => side.closed(connection));
		socket.on('message', (frame: Buffer) => {
			const { op, data } = JSON.parse(frame.toString()) as { op: string; data: unknown };
			side.received(connection, op, data);
		});
	});
}
