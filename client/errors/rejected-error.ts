import { CryptoCapitalError } from './base';

/** The server said no, or a signed `error` says that an accepted transfer failed. The operation had no effect. */
export class RejectedError extends CryptoCapitalError {
	readonly reason: string | undefined;

	/**
	 * @param what the operation in words, with whose money it concerns
	 * @param reason the server's words, already made safe to show
	 */
	constructor(
		what: string,
		reason: string | undefined,
		details: Readonly<Record<string, string>> = {},
		description = 'The operation had no effect. Correct what the server complains about before you repeat it.',
	) {
		super(`${what} was rejected${reason === undefined ? '' : `: ${reason}`}`, {
			description,
			outcome: 'rejected',
			details,
		});
		this.reason = reason;
	}
}
