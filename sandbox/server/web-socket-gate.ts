import type { IncomingMessage } from 'node:http';

import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';

import type { Frame } from '../wire/frames';
import type { Connection, ConnectionHandlers, PayloadStyle } from './connection';
import type { Line } from './line';

/** No operation is nearly as long. */
export const MAXIMUM_INCOMING_BYTES = 1_000_000;

/** Native WebSocket: `{"op", "data"}` in, `{"msg", "data"}` out (section "Connections" of the protocol). */
export class WebSocketGate {
	readonly #server = new WebSocketServer({
		noServer: true,
		maxPayload: MAXIMUM_INCOMING_BYTES,
		perMessageDeflate: false,
	});

	readonly #handlers: ConnectionHandlers;

	readonly #nextId: () => string;

	readonly #style: PayloadStyle;

	constructor(handlers: ConnectionHandlers, nextId: () => string, style: PayloadStyle) {
		this.#handlers = handlers;
		this.#nextId = nextId;
		this.#style = style;
	}

	accept(request: IncomingMessage, line: Line, head: Buffer): void {
		this.#server.handleUpgrade(request, line, head, (socket) => {
			const connection = new WebSocketConnection(this.#nextId(), socket, line, this.#style);
			socket.on('message', (data: Buffer) => this.#receive(connection, data.toString('utf8')));
			// Protocol violations and cut lines. A close follows, and says all there is to say.
			socket.on('error', () => undefined);
			socket.on('close', () => this.#handlers.disconnected(connection));
			this.#handlers.connected(connection);
		});
	}

	#receive(connection: Connection, text: string): void {
		const wrapper = parseWrapper(text);
		if (wrapper) this.#handlers.operation(connection, wrapper.op, wrapper.data);
		else this.#handlers.unreadable(connection);
	}
}

function parseWrapper(text: string): { op: string; data: unknown } | undefined {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return undefined;
	}
	if (typeof value !== 'object' || value === null || !('op' in value) || typeof value.op !== 'string') return undefined;
	return { op: value.op, data: 'data' in value ? value.data : undefined };
}

class WebSocketConnection implements Connection {
	readonly protocol = 'webSocket';

	/** Cut or silenced: nothing goes out any more. */
	#ended = false;

	constructor(
		readonly id: string,
		private readonly socket: WebSocket,
		private readonly line: Line,
		private readonly style: PayloadStyle,
	) {}

	get open(): boolean {
		return !this.#ended && this.socket.readyState === this.socket.OPEN;
	}

	send(frame: Frame): void {
		if (this.open) this.socket.send(encode(frame, this.style));
	}

	cut(): void {
		this.#ended = true;
		this.line.cut();
	}

	async cutAfterWriting(): Promise<void> {
		this.#ended = true;
		this.line.cutAfterWriting();
	}

	silence(): void {
		this.#ended = true;
		this.line.silence();
	}
}

function encode(frame: Frame, style: PayloadStyle): string | Buffer {
	switch (frame.kind) {
		case 'message': {
			const data = style === 'string' ? JSON.stringify(frame.payload) : frame.payload;
			return JSON.stringify({ msg: frame.type, data });
		}
		case 'nothing':
			return JSON.stringify({ msg: frame.type });
		case 'bytes':
			return frame.bytes;
		case 'text':
		case 'packet':
			return frame.text;
	}
}
