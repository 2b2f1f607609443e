import type { ConnectionErrorReason } from '../errors/connection-error';
import { httpUrl } from './address';

/**
 * Finds out why no WebSocket came about. The native WebSocket does not tell, by design; a plain request to the same address does.
 * Bounded by the caller's signal, whose reason it rejects with.
 */
export async function diagnose(url: string, signal: AbortSignal): Promise<ConnectionErrorReason> {
	signal.throwIfAborted();
	// A request leaves its listener on the signal it was given until both are collected, so it gets one of its own.
	const request = new AbortController();
	const abort = () => request.abort(signal.reason);
	signal.addEventListener('abort', abort, { once: true });
	try {
		const response = await fetch(httpUrl(url), {
			signal: request.signal,
			redirect: 'manual',
			headers: { connection: 'close' },
		});
		await response.body?.cancel();
		return reasonOfStatus(response.status);
	} catch (error) {
		signal.throwIfAborted();
		return reasonOfCode(codeOf(error));
	} finally {
		signal.removeEventListener('abort', abort);
	}
}

/** A gateway that cannot reach the server behind it is not the server. */
function reasonOfStatus(status: number): ConnectionErrorReason {
	return status === 502 || status === 503 || status === 504 ? 'unreachable' : 'unknownProtocol';
}

const CERTIFICATE_CODES =
	/^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH$|INVALID_PURPOSE$|INVALID_CA$|PATH_LENGTH_EXCEEDED$|ERR_TLS_CERT_)/;

/** Something answers, but not in HTTP, or not in TLS where TLS was asked for. */
const FOREIGN_CODES = /^(HPE_|EPROTO$|ERR_SSL_|HTTPParserError$|UND_ERR_HEADERS_)/;

/** The connection was accepted and then dropped. */
const DROPPED_CODES = /^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/;

function reasonOfCode(code: string): ConnectionErrorReason {
	if (CERTIFICATE_CODES.test(code)) return 'certificate';
	if (FOREIGN_CODES.test(code)) return 'unknownProtocol';
	if (DROPPED_CODES.test(code)) return 'lost';
	return 'unreachable';
}

/** `fetch` hides the system's error in the cause of its own. An answer that is no HTTP has a name only. */
function codeOf(error: unknown): string {
	const cause = property(error, 'cause');
	const code = property(cause, 'code') ?? property(cause, 'name');
	return typeof code === 'string' ? code : '';
}

function property(value: unknown, name: string): unknown {
	return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
