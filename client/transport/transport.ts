/**
 * What the session needs from a connection, whatever carries it: messages in, strings out, and one notice of its end.
 * Implements the section "Connections" of the protocol.
 */
export type TransportKind = 'socketIo' | 'webSocket';

/** What the server was found to speak. `socketIo4` also serves Socket.IO 3, `socketIo3` (Engine.IO 3) serves 1 and 2. */
export type TransportProtocol = 'socketIo4' | 'socketIo3' | 'webSocket';

export interface TransportHandlers {
	/**
	 * One message, in the order of arrival. `payload` is a JSON string or an already parsed value; nothing about it has been
	 * checked but its size.
	 */
	onMessage(type: string, payload: unknown): void;

	/** A frame that is no message at all (not JSON, no type, over the size limit). The frame itself is dropped. */
	onUnreadable(reason: 'malformed' | 'oversized'): void;

	/** The connection has ended, by the server, the network or a missed heartbeat. Called at most once, and never after `close()`. */
	onClose(): void;
}

export interface TransportConnection {
	readonly protocol: TransportProtocol;

	/**
	 * Writes one operation to the live connection.
	 * @returns false where the connection is not open: then nothing was written, and nothing is kept for later.
	 */
	send(operation: string, message: string): boolean;

	/** Ends the connection at once. Idempotent; afterwards no handler is called and no timer or listener is left. */
	close(): void;
}

export interface ConnectOptions {
	/** An absolute `http(s)` or `ws(s)` URL. */
	url: string;
	kind: TransportKind;
	handlers: TransportHandlers;
	/** Ends the attempt, whatever it waits for. Also the deadline: there is no other. */
	signal: AbortSignal;
	/** What the server spoke last time, tried first. */
	preferredProtocol?: TransportProtocol;
}

/** The longest payload that is looked at, in UTF-16 units. The longest message the protocol knows is far below it. */
export const MAXIMUM_PAYLOAD_LENGTH = 262_144;
