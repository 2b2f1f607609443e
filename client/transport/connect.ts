import { serverOf } from './address';
import type { ConnectOptions, TransportConnection } from './transport';
import { ConnectionError } from '../errors/connection-error';

/**
 * Opens one connection.
 *
 * Rejects with a `ConnectionError` and nothing else: what a library or the system says of a failure stays here. Handlers are called
 * in the order of events and must not throw. The connection is live before the caller sees the promise resolve, so a first message, and
 * even the end, can come before that.
 */
export async function connect(options: ConnectOptions): Promise<TransportConnection> {
	try {
		return await open(options);
	} catch (error) {
		if (error instanceof ConnectionError) throw error;
		const reason = options.signal.aborted ? reasonOfAbort(options.signal) : 'unreachable';
		throw new ConnectionError(reason, serverOf(options.url));
	}
}

async function open(options: ConnectOptions): Promise<TransportConnection> {
	if (options.kind === 'webSocket') {
		const { connectWebSocket } = await import('./web-socket');
		return await connectWebSocket(options);
	}
	const { connectSocketIo } = await import('./socket-io');
	return await connectSocketIo(options);
}

/** A deadline is a signal like any other, told apart by what it aborts with, as `AbortSignal.timeout` does. */
function reasonOfAbort(signal: AbortSignal): 'timeout' | 'aborted' {
	const reason: unknown = signal.reason;
	const isTimeout = typeof reason === 'object' && reason !== null && 'name' in reason && reason.name === 'TimeoutError';
	return isTimeout ? 'timeout' : 'aborted';
}
