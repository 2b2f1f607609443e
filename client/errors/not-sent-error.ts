import { CryptoCapitalError } from './base';

/** A transfer was held back on this machine because it could not be made sure that it had not been sent before. */
export class NotSentError extends CryptoCapitalError {
	constructor(message: string, description: string, details: Readonly<Record<string, string>>) {
		super(message, { description, outcome: 'notSent', details });
	}
}
