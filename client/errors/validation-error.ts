import { CryptoCapitalError } from './base';

/** Something that was asked for cannot be right, whatever the server says. Found before anything was signed. */
export class ValidationError extends CryptoCapitalError {
	/** The name of the field that must be changed, as the credential, the node or the client's options call it. */
	readonly field: string;

	constructor(field: string, message: string, description: string) {
		super(message, { description, outcome: 'notSent', details: { field } });
		this.field = field;
	}
}
