import type { Frame } from '../wire/frames';

export type ConnectionProtocol = 'socketIo4' | 'socketIo3' | 'webSocket';

/** One client's connection, whatever carries it. */
export interface Connection {
	/** Unique in this sandbox, across restarts. */
	readonly id: string;
	/** `socketIo4` also serves Socket.IO 3, `socketIo3` (Engine.IO 3) serves 1 and 2. */
	readonly protocol: ConnectionProtocol;
	/** Whether what is sent can still arrive: neither ended nor silenced. */
	readonly open: boolean;

	/** Puts a frame on the connection. Without effect where it is not open any more. */
	send(frame: Frame): void;

	/** Ends it at once, below the protocol: no farewell. What was not written yet is lost. */
	cut(): void;

	/** Ends it likewise, when what was sent is written. */
	cutAfterWriting(): Promise<void>;

	/** Leaves it open and never says or hears anything on it again. */
	silence(): void;
}

/** How a payload is put on the wire: as a JSON string in its place, or as the object itself. */
export type PayloadStyle = 'string' | 'object';

/** What a server tells about its connections. */
export interface ConnectionHandlers {
	connected(connection: Connection): void;
	disconnected(connection: Connection): void;
	/** Something arrived that names an operation. The payload may be anything. */
	operation(connection: Connection, name: string, payload: unknown): void;
	/** Something arrived that is no operation at all. */
	unreadable(connection: Connection): void;
}

/** All open connections, and which keys were authenticated on each. */
export class Connections {
	readonly #keys = new Map<Connection, Set<string>>();

	#nextId = 1;

	get all(): readonly Connection[] {
		return [...this.#keys.keys()];
	}

	nextId(): string {
		return `connection-${this.#nextId++}`;
	}

	add(connection: Connection): void {
		this.#keys.set(connection, new Set());
	}

	remove(connection: Connection): void {
		this.#keys.delete(connection);
	}

	authenticate(connection: Connection, key: string): void {
		this.#keys.get(connection)?.add(key);
	}

	isAuthenticated(connection: Connection, key: string): boolean {
		return this.#keys.get(connection)?.has(key) ?? false;
	}

	keysOf(connection: Connection): readonly string[] {
		return [...(this.#keys.get(connection) ?? [])];
	}

	/** The connections that messages to this key go to. */
	authenticatedBy(key: string): readonly Connection[] {
		return this.all.filter((connection) => this.isAuthenticated(connection, key));
	}
}
