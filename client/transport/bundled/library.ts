/** The part of the two Socket.IO clients that this package uses. Both generations have it in common. */
export interface SocketIoLibrary {
	connect(url: string, options: SocketIoOptions): SocketIoSocket;
}

export interface SocketIoOptions {
	path: string;
	query: Record<string, string>;
	transports: ['websocket'];
	/** The session reconnects, and has to authenticate again: the library must not do it behind its back. */
	reconnection: false;
	/** No deadline of the library's own beside the caller's signal. */
	timeout: false;
	forceNew: true;
	parser: SocketIoParser;
}

export interface SocketIoParser {
	Encoder: new () => SocketIoEncoder;
	Decoder: new () => SocketIoDecoder;
}

export interface SocketIoPacket {
	type: number;
	nsp: string;
	data?: unknown;
	id?: number;
}

export interface SocketIoEncoder {
	/** Socket.IO 3 and 4 use what is returned, 1 and 2 what the callback gets. */
	encode(packet: SocketIoPacket, callback?: (frames: string[]) => void): string[];
}

export interface SocketIoDecoder {
	add(frame: unknown): void;
	on(event: 'decoded', listener: (packet: SocketIoPacket) => void): unknown;
	off(event: 'decoded', listener: (packet: SocketIoPacket) => void): unknown;
	removeListener(event: 'decoded', listener: (packet: SocketIoPacket) => void): unknown;
	destroy(): void;
}

export type SocketIoListener = (...values: unknown[]) => void;

export interface SocketIoSocket {
	readonly connected: boolean;
	/** What the library keeps for a later connection. */
	sendBuffer: unknown[];
	readonly io: {
		readonly engine: {
			on(event: 'close', listener: SocketIoListener): unknown;
			off(event: 'close', listener: SocketIoListener): unknown;
		};
	};
	on(event: string, listener: SocketIoListener): unknown;
	off(event: string, listener: SocketIoListener): unknown;
	emit(event: string, payload: string): unknown;
	disconnect(): unknown;
}
