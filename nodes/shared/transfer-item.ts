import type { IDataObject } from 'n8n-workflow';

import type { TransferRecord } from '../../client';

export type Direction = 'incoming' | 'outgoing' | 'internal';

/** Which side of a transfer we are on: nothing in the message says it, only the account numbers do. */
export function directionOf(record: Readonly<TransferRecord>, ownAccounts: readonly string[]): Direction | undefined {
	const sent = ownAccounts.includes(record.sendAccount);
	const received = ownAccounts.includes(record.receiveAccount);
	if (sent && received) return 'internal';
	if (received) return 'incoming';
	return sent ? 'outgoing' : undefined;
}

/** The fields of a signed record, and nothing else of the message. */
export function recordFields(record: Readonly<TransferRecord>): IDataObject {
	return {
		sendAccount: record.sendAccount,
		receiveAccount: record.receiveAccount,
		sendCurrency: record.sendCurrency,
		receiveCurrency: record.receiveCurrency,
		sendAmount: record.sendAmount,
		receiveAmount: record.receiveAmount,
		narrative: record.narrative,
	};
}

/** One line of a statement, seen from `accountNumber`. */
export function statementFields(record: Readonly<TransferRecord>, accountNumber: string): IDataObject {
	const received = record.receiveAccount === accountNumber;
	const sent = record.sendAccount === accountNumber;
	return {
		id: record.id,
		date: record.date,
		direction: sent && received ? 'internal' : received ? 'incoming' : 'outgoing',
		counterparty: received ? record.sendAccount : record.receiveAccount,
		...recordFields(record),
	};
}

interface SignedMessage {
	readonly key: string;
	readonly nonce: string;
	readonly rcpt: string;
	readonly params: object;
	readonly signed: string;
}

/** The signed message as received, so that anybody can verify it again. Unsigned extras were dropped on arrival. */
export function proofOf({ key, nonce, rcpt, params, signed }: SignedMessage): IDataObject {
	return { key, nonce, rcpt, params: { ...params }, signed };
}
