import { serverOf, socketIoAddress } from './address';
import type { SocketIoLibrary, SocketIoListener, SocketIoSocket } from './bundled/library';
import { diagnose } from './diagnosis';
import { createParser, MESSAGE_EVENT } from './socket-io-parser';
import type { ConnectOptions, TransportConnection, TransportHandlers } from './transport';
import { ConnectionError } from '../errors/connection-error';

type Protocol = 'socketIo4' | 'socketIo3';

/** `refused`: a server of another generation. `failed`: no WebSocket came about, and nobody said why. */
type Outcome = TransportConnection | 'refused' | 'failed';

/**
 * How long a server that spoke protocol 3 last time may take to speak it again, before protocol 4 is tried. A server of Socket.IO 3 that
 * has taken its place fails on the older protocol without an answer.
 */
const PATIENCE_WITH_PREFERENCE = 5_000;

/** Connects over Socket.IO: in the protocol of generations 3 and 4 first, and where the server refuses it, in that of 1 and 2. */
export async function connectSocketIo(options: ConnectOptions): Promise<TransportConnection> {
	const prefersOlder = options.preferredProtocol === 'socketIo3';
	const first = prefersOlder
		? await attemptWithin(PATIENCE_WITH_PREFERENCE, 'socketIo3', options)
		: await attempt('socketIo4', options);
	if (typeof first === 'object') return first;
	const second = await attempt(prefersOlder ? 'socketIo4' : 'socketIo3', options);
	if (typeof second === 'object') return second;
	throw new ConnectionError('unknownProtocol', serverOf(options.url));
}

/** As `attempt`, but silence counts as a refusal after so many milliseconds. */
async function attemptWithin(milliseconds: number, protocol: Protocol, options: ConnectOptions): Promise<TransportConnection | 'refused'> {
	try {
		const signal = AbortSignal.any([options.signal, AbortSignal.timeout(milliseconds)]);
		return await attempt(protocol, { ...options, signal });
	} catch (error) {
		if (error instanceof ConnectionError) throw error;
		options.signal.throwIfAborted();
		return 'refused';
	}
}

/** @returns `refused` where a server is there and does not speak this protocol */
async function attempt(protocol: Protocol, options: ConnectOptions): Promise<TransportConnection | 'refused'> {
	const library = await load(protocol);
	const outcome = await new SocketIoConnection(protocol, library, options).outcome;
	if (outcome !== 'failed') return outcome;
	const { origin, path, query } = socketIoAddress(options.url);
	const parameters = new URLSearchParams({ ...query, EIO: protocol === 'socketIo4' ? '4' : '3', transport: 'websocket' });
	const reason = await diagnose(`${origin}${path}/?${parameters.toString()}`, options.signal);
	// An HTTP server that refuses the WebSocket of one generation may accept that of the other.
	if (reason === 'unknownProtocol') return 'refused';
	throw new ConnectionError(reason, serverOf(options.url));
}

/** Loaded when needed: most processes speak one generation, or none. */
async function load(protocol: Protocol): Promise<SocketIoLibrary> {
	const { library } =
		protocol === 'socketIo4'
			? await import('./bundled/socket.io-client-4')
			: await import('./bundled/socket.io-client-2');
	return library;
}

/** One connection, from the attempt to its end. Until `connect` everything is an answer to the attempt; afterwards, news for the handlers. */
class SocketIoConnection implements TransportConnection {
	private readonly attempt = Promise.withResolvers<Outcome>();

	readonly outcome = this.attempt.promise;

	private readonly handlers: TransportHandlers;

	private readonly signal: AbortSignal;

	private readonly socket: SocketIoSocket;

	private readonly listeners: Readonly<Record<string, SocketIoListener>> = {
		connect: () => this.settle(this),
		connect_error: (error) => this.onLibraryError(error),
		error: (error) => this.onLibraryError(error),
		disconnect: () => this.end(),
		[MESSAGE_EVENT]: (type, payload) => this.handlers.onMessage(type as string, payload),
	};

	private state: 'connecting' | 'open' | 'closed' = 'connecting';

	constructor(
		readonly protocol: Protocol,
		library: SocketIoLibrary,
		{ url, handlers, signal }: ConnectOptions,
	) {
		this.handlers = handlers;
		this.signal = signal;
		signal.throwIfAborted();
		const { origin, path, query } = socketIoAddress(url);
		this.socket = library.connect(origin, {
			path,
			query,
			transports: ['websocket'],
			reconnection: false,
			timeout: false,
			forceNew: true,
			parser: createParser((reason) => this.onUnreadable(reason)),
		});
		for (const [event, listener] of Object.entries(this.listeners)) this.socket.on(event, listener);
		// The libraries say nothing of a connection that ends before it spoke. Their engine does.
		this.socket.io.engine.on('close', this.onEngineClose);
		signal.addEventListener('abort', this.onAbort, { once: true });
	}

	send(operation: string, message: string): boolean {
		if (this.state !== 'open' || !this.socket.connected) return false;
		this.socket.emit(operation, message);
		// Where the library has noticed a missed heartbeat and not said so yet, it keeps what it is given for a later connection.
		const kept = this.socket.sendBuffer.length > 0;
		this.socket.sendBuffer = [];
		return !kept;
	}

	close(): void {
		if (this.state === 'closed') return;
		this.state = 'closed';
		this.signal.removeEventListener('abort', this.onAbort);
		this.socket.io.engine.off('close', this.onEngineClose);
		for (const [event, listener] of Object.entries(this.listeners)) this.socket.off(event, listener);
		this.socket.disconnect();
	}

	private settle(outcome: Outcome): void {
		if (this.state !== 'connecting') return;
		if (outcome === this) {
			this.state = 'open';
			this.signal.removeEventListener('abort', this.onAbort);
		} else {
			this.close();
		}
		this.attempt.resolve(outcome);
	}

	/** A transport's failure carries its type. Anything else comes from the server, which refuses this generation, or to talk at all. */
	private onLibraryError(error: unknown): void {
		const isTransportFailure =
			typeof error === 'object' && error !== null && 'type' in error && error.type === 'TransportError';
		if (this.state === 'connecting') this.settle(isTransportFailure ? 'failed' : 'refused');
		else if (!isTransportFailure) this.onUnreadable('malformed');
	}

	private onUnreadable(reason: 'malformed' | 'oversized'): void {
		if (this.state === 'open') this.handlers.onUnreadable(reason);
	}

	private readonly onEngineClose = (): void => this.end();

	private readonly onAbort = (): void => {
		this.close();
		this.attempt.reject(this.signal.reason);
	};

	private end(): void {
		if (this.state === 'connecting') this.settle('failed');
		if (this.state !== 'open') return;
		this.close();
		this.handlers.onClose();
	}
}
