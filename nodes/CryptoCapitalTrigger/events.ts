import type { IDataObject } from 'n8n-workflow';

import type { ErrorMessage, ServerMessage, TransferMessage } from '../../client';
import { minorUnitsOf, printable } from '../../client';
import { directionOf, proofOf, recordFields } from '../shared/transfer-item';
import type { TriggerSettings } from './settings';

/** What starts a workflow. */
export interface TriggerEvent {
	/** Unique for the trigger, and the same whenever and however the event arrives. */
	readonly key: string;
	/** Only a transfer has one. */
	readonly transactionId: string | undefined;
	/** Our accounts that the event concerns. */
	readonly accountNumbers: readonly string[];
	/** Server time of the message, in milliseconds since 1970. */
	readonly serverTime: number;
	/** When this event is done, nothing before this server time can be missing. Only where that is known. */
	readonly syncedUntil?: number;
	readonly json: IDataObject;
}

/**
 * The event that a verified message is for this trigger, or undefined where it starts nothing. A transfer between two of our
 * accounts is one event: incoming, where both directions are wanted.
 */
export function eventOf(message: ServerMessage, settings: TriggerSettings): TriggerEvent | undefined {
	if (message.type === 'transfer') return transferEvent(message, settings);
	if (message.type === 'error') return failureEvent(message, settings);
	return undefined;
}

/** Our accounts that a transfer concerns. */
export function ownAccountsOf({ params }: TransferMessage, accountNumbers: readonly string[]): string[] {
	return [...new Set([params.receiveAccount, params.sendAccount])].filter((account) => accountNumbers.includes(account));
}

function transferEvent(message: TransferMessage, settings: TriggerSettings): TriggerEvent | undefined {
	const record = message.params;
	const direction = directionOf(record, settings.accountNumbers);
	if (direction === undefined) return undefined;
	const incoming = direction !== 'outgoing' && settings.events.includes('incomingTransfer');
	const outgoing = direction !== 'incoming' && settings.events.includes('outgoingTransfer');
	if (!incoming && !outgoing) return undefined;
	const [accountNumber, counterparty, amount, currency] = incoming
		? [record.receiveAccount, record.sendAccount, record.receiveAmount, record.receiveCurrency]
		: [record.sendAccount, record.receiveAccount, record.sendAmount, record.sendCurrency];
	if (settings.currencies.length > 0 && !settings.currencies.includes(currency)) return undefined;
	if (minorUnitsOf(amount) < settings.minimumMinorUnits) return undefined;
	return {
		key: record.id,
		transactionId: record.id,
		accountNumbers: ownAccountsOf(message, settings.accountNumbers),
		serverTime: Number(message.nonce),
		json: {
			event: incoming ? 'incomingTransfer' : 'outgoingTransfer',
			accountNumber,
			counterparty,
			amount,
			currency,
			id: record.id,
			date: record.date,
			...recordFields(record),
			direction,
			...(settings.includeProof && { proof: proofOf(message) }),
		},
	};
}

function failureEvent(message: ErrorMessage, settings: TriggerSettings): TriggerEvent | undefined {
	if (!settings.events.includes('failedTransfer')) return undefined;
	return {
		key: `failed ${message.params.nonce}`,
		transactionId: undefined,
		accountNumbers: [],
		serverTime: Number(message.nonce),
		json: {
			event: 'failedTransfer',
			nonce: message.params.nonce,
			message: printable(message.params.msg),
			...(settings.includeProof && { proof: proofOf(message) }),
		},
	};
}
