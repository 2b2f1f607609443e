import { CryptoCapitalError } from './base';

/**
 * Why there is no connection:
 * - `unreachable`: no server answers at the address (refused, no such host, no route)
 * - `certificate`: the server's TLS certificate is not trusted
 * - `unknownProtocol`: something answers there, but it speaks neither Socket.IO 1–4 nor the API's WebSocket framing
 * - `timeout`: the address accepts connections and then says nothing
 * - `lost`: the connection was there and ended
 * - `aborted`: the caller gave up
 */
export type ConnectionErrorReason =
	| 'unreachable'
	| 'certificate'
	| 'unknownProtocol'
	| 'timeout'
	| 'lost'
	| 'aborted';

const EXPLANATIONS: Readonly<Record<ConnectionErrorReason, { message: string; description: string }>> = {
	unreachable: {
		message: 'No Crypto Capital server answers at {server}',
		description: 'Nothing was sent. Check the server URL of the credential and the network, then try again.',
	},
	certificate: {
		message: 'The certificate of {server} is not trusted',
		description:
			'Nothing was sent. Check that the server URL names the right host. If the server uses a private certificate authority, add it with NODE_EXTRA_CA_CERTS.',
	},
	unknownProtocol: {
		message: '{server} speaks neither Socket.IO nor the WebSocket framing of the Crypto Capital API',
		description:
			'Nothing was sent. Check the server URL and the transport of the credential: something else seems to run at this address.',
	},
	timeout: {
		message: '{server} accepted the connection and then did not answer',
		description: 'Nothing was sent. The server may be overloaded: try again later.',
	},
	lost: {
		message: 'The connection to {server} was lost',
		description: 'Nothing was sent on it. Try again.',
	},
	aborted: {
		message: 'Connecting to {server} was cancelled',
		description: 'Nothing was sent.',
	},
};

/** There is no connection, so nothing was written: the outcome is always `notSent`. */
export class ConnectionError extends CryptoCapitalError {
	readonly reason: ConnectionErrorReason;

	/** @param server the origin of the server URL (scheme, host, port), without path, query or user information */
	constructor(reason: ConnectionErrorReason, server: string) {
		const { message, description } = EXPLANATIONS[reason];
		super(message.replace('{server}', server), { description, outcome: 'notSent', details: { server, reason } });
		this.reason = reason;
	}
}
