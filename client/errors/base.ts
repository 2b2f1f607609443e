/**
 * What became of the operation that failed, in the three words users see:
 * - `rejected`: the server, or a rule on this side, said no. Nothing happened, and the same request will fail again.
 * - `notSent`: nothing left this machine. Safe to repeat.
 * - `unknown`: it left, and no answer came. Repeating is safe only with a reference.
 */
export type Outcome = 'rejected' | 'notSent' | 'unknown';

export interface CryptoCapitalErrorOptions {
	/** What the user can do about it, in full sentences. */
	description: string;
	outcome: Outcome;
	/** Public facts about the failed operation. Never a private key, a frame or another library's words. */
	details?: Readonly<Record<string, string>>;
}

/**
 * The root of every error this client throws.
 *
 * `message` says what happened and to whose money, `description` what to do next. Both are put together from fixed words
 * and validated public values only, so that no secret and no text of a peer or a library can reach a log through them.
 */
export abstract class CryptoCapitalError extends Error {
	readonly description: string;

	readonly outcome: Outcome;

	readonly details: Readonly<Record<string, string>>;

	constructor(message: string, options: CryptoCapitalErrorOptions) {
		super(message);
		this.name = new.target.name;
		this.description = options.description;
		this.outcome = options.outcome;
		this.details = options.details ?? {};
	}
}
