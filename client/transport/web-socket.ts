import { serverOf, webSocketAddress } from './address';
import { diagnose } from './diagnosis';
import { MAXIMUM_PAYLOAD_LENGTH, type ConnectOptions, type TransportConnection, type TransportHandlers } from './transport';
import { ConnectionError } from '../errors/connection-error';

/** Connects over the native WebSocket, in the API's own framing: `{"op", "data"}` out, `{"msg", "data"}` in. */
export async function connectWebSocket(options: ConnectOptions): Promise<TransportConnection> {
	const address = webSocketAddress(options.url);
	const connection = new WebSocketConnection(address, options);
	if (await connection.opened) return connection;
	throw new ConnectionError(await diagnose(address, options.signal), serverOf(options.url));
}

/** One connection, from the attempt to its end. It listens from the start: the first message can come with the server's handshake. */
class WebSocketConnection implements TransportConnection {
	readonly protocol = 'webSocket';

	/** False where no WebSocket came about, for whatever reason; rejects where the signal ended the attempt. */
	readonly opened: Promise<boolean>;

	private readonly socket: WebSocket;

	private readonly handlers: TransportHandlers;

	/** Removes the listeners of the open connection. */
	private readonly listeners = new AbortController();

	constructor(address: string, { handlers, signal }: ConnectOptions) {
		this.handlers = handlers;
		signal.throwIfAborted();
		this.socket = new WebSocket(address);
		// Binary frames are dropped; as a Blob one could only be read asynchronously.
		this.socket.binaryType = 'arraybuffer';
		const attempt = Promise.withResolvers<boolean>();
		this.opened = attempt.promise;
		const attempting = new AbortController();
		const whileAttempting = { signal: attempting.signal };
		const settle = (opened: boolean) => {
			attempting.abort();
			attempt.resolve(opened);
		};
		signal.addEventListener(
			'abort',
			() => {
				attempting.abort();
				this.close();
				attempt.reject(signal.reason);
			},
			whileAttempting,
		);
		this.socket.addEventListener('close', () => settle(false), whileAttempting);
		this.socket.addEventListener(
			'open',
			() => {
				this.listen();
				settle(true);
			},
			whileAttempting,
		);
	}

	send(operation: string, message: string): boolean {
		if (this.listeners.signal.aborted || this.socket.readyState !== WebSocket.OPEN) return false;
		this.socket.send(`{"op":${JSON.stringify(operation)},"data":${message}}`);
		return true;
	}

	close(): void {
		this.listeners.abort();
		this.socket.close();
	}

	private listen(): void {
		const whileOpen = { signal: this.listeners.signal };
		this.socket.addEventListener('message', (event) => this.onFrame(event.data), whileOpen);
		this.socket.addEventListener('close', () => this.onClose(), whileOpen);
	}

	private onFrame(frame: unknown): void {
		if (typeof frame !== 'string') {
			this.handlers.onUnreadable('malformed');
		} else if (frame.length > MAXIMUM_PAYLOAD_LENGTH) {
			this.handlers.onUnreadable('oversized');
		} else {
			const message = readFrame(frame);
			if (message === undefined) this.handlers.onUnreadable('malformed');
			else this.handlers.onMessage(message.type, message.payload);
		}
	}

	private onClose(): void {
		this.listeners.abort();
		this.handlers.onClose();
	}
}

function readFrame(frame: string): { type: string; payload: unknown } | undefined {
	try {
		const parsed: unknown = JSON.parse(frame);
		if (typeof parsed !== 'object' || parsed === null || !('msg' in parsed) || typeof parsed.msg !== 'string') {
			return undefined;
		}
		return { type: parsed.msg, payload: 'data' in parsed ? parsed.data : undefined };
	} catch {
		return undefined;
	}
}
