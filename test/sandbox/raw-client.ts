import { EventEmitter, once } from 'node:events';

import { io } from 'socket.io-client';
import oldClient from 'socket.io-client-v2';
import WebSocket from 'ws';

import type { Sandbox } from '../../sandbox';

export const PROTOCOLS = ['socketIo4', 'socketIo3', 'webSocket'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface Received {
	type: string;
	/** As it came off the wire: over Socket.IO the argument, over WebSocket what stands under `data`. */
	payload: unknown;
}

/** The old client as it is; the client under test declares no more of it than it uses itself. */
interface OldSocket {
	readonly io: { readonly engine: { write(text: string): void } };
	on(event: string, listener: (payload: unknown) => void): void;
	emit(event: string, payload: unknown): void;
	close(): void;
}

const connectOld = oldClient as unknown as (url: string, options: object) => OldSocket;

const PATIENCE = 15_000;

// A wait must fail by its own words, also on a machine that is busy with other things.
jest.setTimeout(PATIENCE + 5000);
const TYPES = ['ack', 'err', 'transfer', 'account', 'error', 'constructor'];

/** A client that is nothing but a transport: it sends what it is told and remembers what comes. */
export interface RawClient {
	readonly protocol: Protocol;
	readonly received: readonly Received[];
	readonly closed: boolean;
	/** The library's word for why the connection ended. */
	readonly endReason: string | undefined;
	send(type: string, payload: unknown): void;
	/** Sends something below the framing of the API. */
	sendRaw(text: string): void;
	/** The first message from the given index on that passes. */
	find(passes: (received: Received) => boolean, from?: number): Promise<Received>;
	/** Resolves when the connection has ended. */
	end(): Promise<void>;
	close(): void;
}

interface Wire {
	send(type: string, payload: unknown): void;
	sendRaw(text: string): void;
	close(): void;
}

class Client extends EventEmitter<{ received: []; closed: [] }> implements RawClient {
	readonly received: Received[] = [];

	closed = false;

	endReason: string | undefined;

	wire: Wire | undefined;

	constructor(readonly protocol: Protocol) {
		super();
	}

	take(type: string, payload: unknown): void {
		this.received.push({ type, payload });
		this.emit('received');
	}

	ended(reason: string): void {
		this.closed = true;
		this.endReason = reason;
		this.emit('closed');
	}

	send(type: string, payload: unknown): void {
		this.wire?.send(type, payload);
	}

	sendRaw(text: string): void {
		this.wire?.sendRaw(text);
	}

	async find(passes: (received: Received) => boolean, from = 0): Promise<Received> {
		const signal = AbortSignal.timeout(PATIENCE);
		for (;;) {
			const found = this.received.slice(from).find(passes);
			if (found) return found;
			await once(this, 'received', { signal }).catch(() => {
				throw new Error(`Not received; there was ${JSON.stringify(this.received).slice(0, 2000)}`);
			});
		}
	}

	async end(): Promise<void> {
		if (!this.closed) await once(this, 'closed', { signal: AbortSignal.timeout(PATIENCE) });
	}

	close(): void {
		this.wire?.close();
	}
}

/** Connects and resolves when the connection stands, or rejects when it does not come to that. */
export async function connect(sandbox: Sandbox, protocol: Protocol, transports = ['websocket']): Promise<RawClient> {
	const client = new Client(protocol);
	if (protocol === 'webSocket') await connectWebSocket(client, sandbox.webSocketUrl);
	else if (protocol === 'socketIo4') await connectSocketIo(client, sandbox.url, transports);
	else await connectOldSocketIo(client, sandbox.url, transports);
	return client;
}

async function connectWebSocket(client: Client, url: string): Promise<void> {
	const socket = new WebSocket(url);
	socket.on('message', (data: Buffer, isBinary) => {
		const wrapper = isBinary ? undefined : parse(data.toString('utf8'));
		if (isWrapper(wrapper)) client.take(wrapper.msg, wrapper.data);
		else client.take('unreadable', isBinary ? data : data.toString('utf8'));
	});
	socket.on('close', () => client.ended('close'));
	client.wire = {
		send: (op, data) => socket.send(JSON.stringify({ op, data })),
		sendRaw: (text) => socket.send(text),
		close: () => socket.terminate(),
	};
	await once(socket, 'open');
	socket.on('error', () => undefined);
}

async function connectSocketIo(client: Client, url: string, transports: string[]): Promise<void> {
	const socket = io(url, { transports, reconnection: false, forceNew: true });
	socket.onAny((type: string, payload: unknown) => client.take(type, payload));
	socket.on('disconnect', (reason) => client.ended(reason));
	client.wire = {
		send: (type, payload) => socket.emit(type, payload),
		sendRaw: (text) => socket.io.engine.write(text),
		close: () => socket.disconnect(),
	};
	await new Promise<void>((resolve, reject) => {
		socket.on('connect', resolve);
		socket.on('connect_error', (error) => {
			socket.disconnect();
			reject(error);
		});
	});
}

async function connectOldSocketIo(client: Client, url: string, transports: string[]): Promise<void> {
	const socket = connectOld(url, { transports, reconnection: false, forceNew: true });
	for (const type of TYPES) {
		socket.on(type, (payload) => {
			// Transport failures come under the name of a server message here.
			if (!(payload instanceof Error)) client.take(type, payload);
		});
	}
	socket.on('disconnect', (reason) => client.ended(String(reason)));
	client.wire = {
		send: (type, payload) => socket.emit(type, payload),
		sendRaw: (text) => socket.io.engine.write(text),
		close: () => socket.close(),
	};
	await new Promise<void>((resolve, reject) => {
		socket.on('connect', () => resolve());
		socket.on('connect_error', (error) => {
			socket.close();
			reject(error instanceof Error ? error : new Error(String(error)));
		});
	});
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isWrapper(value: unknown): value is { msg: string; data: unknown } {
	return typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string';
}
