import { CryptoCapitalError } from './base';

/** An answer came and was not accepted: it is not signed by the trusted server key, not addressed to us, or not in canonical form. */
export class VerificationError extends CryptoCapitalError {
	constructor(message: string, details: Readonly<Record<string, string>>) {
		super(message, {
			description:
				'It was ignored. Check the server public key of the credential: it must be the key of the server at the server URL. If it is right, somebody may be tampering with the connection.',
			outcome: 'unknown',
			details,
		});
	}
}
