import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { ClientSettings } from '../../client';
import { ValidationError } from '../../client';

export const CREDENTIAL_NAME = 'cryptoCapitalApi';

/** What the owner of the credential allows. */
export interface GuardRails {
	allowTransfers: boolean;
	/** As entered; 0 is no limit. */
	maximumAmount: number | string;
	/** Account numbers; empty is anyone. */
	allowedBeneficiaries: string[];
}

/** The connection's part of the credential, as the client takes it. */
export function clientSettings(credential: ICredentialDataDecryptedObject): ClientSettings {
	const transport = textField(credential, 'transport') || 'socketIo';
	if (transport !== 'socketIo' && transport !== 'webSocket') {
		throw new ValidationError(
			'transport',
			'The credential’s transport is neither "socketIo" nor "webSocket"',
			'Open the credential and choose one of the two.',
		);
	}
	return {
		serverUrl: textField(credential, 'serverUrl'),
		transport,
		privateKey: textField(credential, 'privateKey'),
		publicKey: textField(credential, 'publicKey'),
		serverPublicKey: textField(credential, 'serverPublicKey'),
	};
}

/** The owner's part of the credential. What cannot be read allows nothing. */
export function guardRails(credential: ICredentialDataDecryptedObject): GuardRails {
	const { allowTransfers, maximumAmount } = credential;
	return {
		allowTransfers: allowTransfers === undefined || allowTransfers === true,
		maximumAmount: typeof maximumAmount === 'number' || typeof maximumAmount === 'string' ? maximumAmount : 0,
		allowedBeneficiaries: textField(credential, 'allowedBeneficiaries')
			.split(/[\s,;]+/u)
			.filter((accountNumber) => accountNumber !== ''),
	};
}

function textField(credential: ICredentialDataDecryptedObject, name: string): string {
	const value = credential[name];
	return typeof value === 'string' ? value : '';
}
