import { CryptoCapitalError } from './base';

/** The caller gave up before anything was written. */
export class CancelledError extends CryptoCapitalError {
	constructor(what: string, details: Readonly<Record<string, string>> = {}) {
		super(`${what} was cancelled before it was sent`, {
			description: 'Nothing was sent: repeating is safe.',
			outcome: 'notSent',
			details,
		});
	}
}
