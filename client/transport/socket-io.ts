import { serverOf, socketIoAddress } from './address';
import type { SocketIoLibrary, SocketIoListener, SocketIoSocket } from './bundled/library';
import { diagnose } from './diagnosis';
import { createParser, MESSAGE_EVENT } from './socket-io-parser';
import type { ConnectOptions, TransportConnection, TransportHandlers } from './transport';
import { ConnectionError } from '../errors/connection-error';

type Protocol = 'socketIo4' | 'socketIo3';

/** `refused`: a server of another generation. `failed`: no WebSocket came about, and nobody said why. */
type Attempt = TransportConnection | 'refused' | 'failed';

/** Connects over Socket.IO: in the protocol of generations 3 and 4 first, and where the server refuses it, in that of 1 and 2. */
export async function connectSocketIo(options: ConnectOptions): Promise<TransportConnection> {
	const address = socketIoAddress(options.url);
	for (const protocol of protocolsToTry(options)) {
		const library = await load(protocol);
		const attempt = await new SocketIoAttempt(protocol, library, options).result;
		if (typeof attempt === 'object') return attempt;
		if (attempt === 'refused') continue;
		const query = new URLSearchParams({ ...address.query, EIO: protocol === 'socketIo4' ? '4' : '3', transport: 'websocket' });
		const reason = await diagnose(`${address.origin}${address.path}/?${query.toString()}`, options.signal);
		// An HTTP server that refuses the WebSocket of one generation may accept that of the other.
		if (reason !== 'unknownProtocol') throw new ConnectionError(reason, serverOf(options.url));
	}
	throw new ConnectionError('unknownProtocol', serverOf(options.url));
}

function protocolsToTry({ preferredProtocol }: ConnectOptions): Protocol[] {
	return preferredProtocol === 'socketIo3' ? ['socketIo3', 'socketIo4'] : ['socketIo4', 'socketIo3'];
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
class SocketIoAttempt implements TransportConnection {
	private readonly outcome = Promise.withResolvers<Attempt>();

	readonly result = this.outcome.promise;

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

	private settle(attempt: Attempt): void {
		if (this.state !== 'connecting') return;
		if (attempt === this) {
			this.state = 'open';
			this.signal.removeEventListener('abort', this.onAbort);
		} else {
			this.close();
		}
		this.outcome.resolve(attempt);
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
		this.outcome.reject(this.signal.reason);
	};

	private end(): void {
		if (this.state === 'connecting') this.settle('failed');
		if (this.state !== 'open') return;
		this.close();
		this.handlers.onClose();
	}
}
