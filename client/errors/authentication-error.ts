import { CryptoCapitalError } from './base';

/** The server is there and refuses our key, so no operation was written. */
export class AuthenticationError extends CryptoCapitalError {
	/** The server's own words, already made safe to show. */
	readonly reason: string | undefined;

	constructor(publicKey: string, reason: string | undefined) {
		super(`The server refuses the key ${publicKey}${reason === undefined ? '' : `: ${reason}`}`, {
			description:
				'Nothing was sent. Check that the key is registered for an account (the node’s "Get Registration" operation tells how). If the server’s words are about the nonce, check that this machine’s clock is right.',
			outcome: 'notSent',
			details: { publicKey },
		});
		this.reason = reason;
	}
}
