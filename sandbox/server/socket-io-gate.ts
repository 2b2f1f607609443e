import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';

import type { Socket } from 'socket.io';
import { Server } from 'socket.io';

import type { Frame } from '../wire/frames';
import type { Connection, ConnectionHandlers, ConnectionProtocol, PayloadStyle } from './connection';
import type { Line } from './line';
import { MAXIMUM_INCOMING_BYTES } from './web-socket-gate';

export interface Heartbeat {
	/** Milliseconds between two pings. */
	pingInterval: number;
	/** Milliseconds after which an unanswered ping ends the connection. */
	pingTimeout: number;
}

/** How long a cut waits for what was sent before it to be written. */
const WRITING_DEADLINE = 1000;

/** Socket.IO with protocols 4 and 3, over WebSocket and long polling. */
export class SocketIoGate {
	/** Never listens. It is where Socket.IO expects its requests to come from; the router decides which ones do. */
	readonly #requests = createServer();

	readonly #server: Server;

	/** A session may use several TCP connections: polling, and the upgrade to WebSocket. */
	readonly #lines = new Map<string, Set<Line>>();

	readonly #silenced = new Set<string>();

	constructor(
		private readonly handlers: ConnectionHandlers,
		private readonly nextId: () => string,
		private readonly style: PayloadStyle,
		heartbeat: Heartbeat,
	) {
		this.#server = new Server(this.#requests, {
			...heartbeat,
			allowEIO3: true,
			serveClient: false,
			destroyUpgrade: false,
			maxHttpBufferSize: MAXIMUM_INCOMING_BYTES,
		});
		this.#server.on('connection', (socket) => this.#connect(socket));
	}

	request(request: IncomingMessage, response: ServerResponse, line: Line): void {
		this.#note(request, line);
		this.#requests.emit('request', request, response);
	}

	upgrade(request: IncomingMessage, line: Line, head: Buffer): void {
		this.#note(request, line);
		this.#requests.emit('upgrade', request, line, head);
	}

	async close(): Promise<void> {
		await this.#server.close();
	}

	#connect(socket: Socket): void {
		const session = socket.conn;
		// A session's name, which later requests carry, is that of its Engine.IO connection; the first request had none yet.
		const sessionId = session.transport.sid;
		const lines = this.#linesOf(sessionId);
		const first = session.request.socket as unknown as Line;
		lines.add(first);
		const connection = new SocketIoConnection(this.nextId(), socket, lines, this.style, () => {
			this.#silenced.add(sessionId);
		});
		socket.onAny((name: string, payload: unknown) => this.handlers.operation(connection, name, payload));
		// Anybody may send an event of this name, which would be thrown if nobody listened. It is answered like any unknown operation.
		socket.on('error', () => undefined);
		socket.on('disconnect', () => {
			this.#lines.delete(sessionId);
			this.#silenced.delete(sessionId);
			this.handlers.disconnected(connection);
		});
		this.handlers.connected(connection);
	}

	#note(request: IncomingMessage, line: Line): void {
		const id = new URL(request.url ?? '/', 'http://localhost').searchParams.get('sid');
		if (id === null) return;
		this.#lines.get(id)?.add(line);
		if (this.#silenced.has(id)) line.silence();
	}

	#linesOf(id: string): Set<Line> {
		const lines = this.#lines.get(id) ?? new Set();
		this.#lines.set(id, lines);
		return lines;
	}
}

class SocketIoConnection implements Connection {
	readonly protocol: ConnectionProtocol;

	/** Cut or silenced: nothing goes out any more. */
	#ended = false;

	constructor(
		readonly id: string,
		private readonly socket: Socket,
		private readonly lines: ReadonlySet<Line>,
		private readonly style: PayloadStyle,
		private readonly onSilence: () => void,
	) {
		this.protocol = socket.conn.protocol === 3 ? 'socketIo3' : 'socketIo4';
	}

	get open(): boolean {
		return !this.#ended && this.socket.connected;
	}

	send(frame: Frame): void {
		if (!this.open) return;
		switch (frame.kind) {
			case 'message':
				this.socket.emit(frame.type, this.style === 'string' ? JSON.stringify(frame.payload) : frame.payload);
				return;
			case 'text':
				this.socket.emit(frame.type, frame.text);
				return;
			case 'bytes':
				this.socket.emit(frame.type, frame.bytes);
				return;
			case 'nothing':
				this.socket.emit(frame.type);
				return;
			case 'packet':
				this.socket.conn.write(frame.text);
		}
	}

	cut(): void {
		this.#ended = true;
		for (const line of this.lines) line.cut();
		// Over long polling there may be no TCP connection just now that could be cut.
		this.socket.conn.close(true);
	}

	async cutAfterWriting(): Promise<void> {
		await this.#written();
		this.#ended = true;
		for (const line of this.lines) line.cutAfterWriting();
		if (this.socket.conn.transport.name === 'polling') this.socket.conn.close();
	}

	silence(): void {
		this.#ended = true;
		this.onSilence();
		for (const line of this.lines) line.silence();
	}

	/** Engine.IO hands one packet after the other to the transport, and tells nobody when the last one is through. */
	async #written(): Promise<void> {
		const session = this.socket.conn;
		// Private in its types, and the only place that tells.
		const buffered = () => (session as unknown as { readonly writeBuffer: readonly unknown[] }).writeBuffer.length > 0;
		const deadline = Date.now() + WRITING_DEADLINE;
		while (this.open && (buffered() || !session.transport.writable) && Date.now() < deadline) {
			await new Promise(setImmediate);
		}
	}
}
