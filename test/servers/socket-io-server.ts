import type { Server as HttpServer } from 'node:http';
import attachSocketIo1 from 'socket.io-v1';
import attachSocketIo2 from 'socket.io-v2';
import { Server as SocketIo3 } from 'socket.io-v3';
import { Server as SocketIo4 } from 'socket.io';
import type { Heartbeat, ServerConnection, ServerSide } from './real-servers';

/** What the servers of all generations have in common. */
export interface SocketIoServer {
	on(event: 'connection', listener: (socket: SocketIoServerSocket) => void): unknown;
	to(room: string): { emit(event: string, payload: unknown): unknown };
}

export interface SocketIoServerSocket {
	readonly id: string;
	readonly conn: { send(frame: string | Buffer): unknown; close(): unknown };
	use(middleware: (packet: unknown[], next: () => void) => void): unknown;
	on(event: 'disconnect', listener: () => void): unknown;
	disconnect(close: boolean): unknown;
	/** Generations 1 and 2 only: sends the packet with which the library reports its own errors. */
	error?(payload: unknown): unknown;
}

export type AttachSocketIo = (server: HttpServer, options: Partial<Heartbeat>) => SocketIoServer;

const ATTACH: Readonly<Record<1 | 2 | 3 | 4, AttachSocketIo>> = {
	1: attachSocketIo1,
	2: attachSocketIo2,
	// The generations differ in types, not in what is used here.
	3: (server, options) => new SocketIo3(server, options),
	4: (server, options) => new SocketIo4(server, options),
};

export function serveSocketIo(generation: 1 | 2 | 3 | 4, server: HttpServer, heartbeat: Partial<Heartbeat>, side: ServerSide): void {
	const io = ATTACH[generation](server, heartbeat);
	io.on('connection', (socket) => {
		const connection: ServerConnection = {
			// Addressed through the room of the socket, because in generations 1 and 2 `socket.emit('error')` stays in the server.
			send: (type, payload) => void io.to(socket.id).emit(type, payload),
			sendRaw: (frame) => void socket.conn.send(frame),
			sendErrorPacket: (payload) => void socket.error?.(payload),
			close: () => void socket.disconnect(true),
		};
		side.opened(connection);
		socket.on('disconnect', () => side.closed(connection));
		socket.use(([operation, payload], next) => {
			side.received(connection, String(operation), payload);
			next();
		});
	});
}
