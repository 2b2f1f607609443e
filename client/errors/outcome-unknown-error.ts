import { CryptoCapitalError } from './base';

/** An operation left this machine and its answer did not come. For a transfer that means: it may have been paid, or not. */
export class OutcomeUnknownError extends CryptoCapitalError {
	constructor(message: string, description: string, details: Readonly<Record<string, string>>) {
		super(message, { description, outcome: 'unknown', details });
	}
}
