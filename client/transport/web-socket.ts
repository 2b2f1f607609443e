import { serverOf, webSocketAddress } from './address';
import { diagnose } from './diagnosis';
import { MAXIMUM_PAYLOAD_LENGTH, type ConnectOptions, type TransportConnection, type TransportHandlers } from './transport';
import { ConnectionError } from '../errors/connection-error';

/** Connects over the native WebSocket, in the API's own framing: `{"op", "data"}` out, `{"msg", "data"}` in. */
export async function connectWebSocket({ url, handlers, signal }: ConnectOptions): Promise<TransportConnection> {
	const address = webSocketAddress(url);
	const socket = await open(address, signal);
	if (socket !== undefined) return new WebSocketConnection(socket, handlers);
	throw new ConnectionError(await diagnose(address, signal), serverOf(url));
}

/** @returns undefined where no WebSocket came about, for whatever reason */
async function open(address: string, signal: AbortSignal): Promise<WebSocket | undefined> {
	signal.throwIfAborted();
	const socket = new WebSocket(address);
	const listeners = new AbortController();
	const opened = await new Promise<boolean>((resolve) => {
		const once = { once: true, signal: listeners.signal };
		socket.addEventListener('open', () => resolve(true), once);
		socket.addEventListener('close', () => resolve(false), once);
		signal.addEventListener('abort', () => resolve(false), once);
	});
	listeners.abort();
	if (signal.aborted) socket.close();
	signal.throwIfAborted();
	return opened ? socket : undefined;
}

class WebSocketConnection implements TransportConnection {
	readonly protocol = 'webSocket';

	private readonly listeners = new AbortController();

	constructor(
		private readonly socket: WebSocket,
		private readonly handlers: TransportHandlers,
	) {
		const { signal } = this.listeners;
		// Binary frames are dropped; as a Blob one could only be read asynchronously.
		socket.binaryType = 'arraybuffer';
		socket.addEventListener('message', (event) => this.onFrame(event.data), { signal });
		socket.addEventListener('close', () => this.onClose(), { signal });
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
