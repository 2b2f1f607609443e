import { hash } from 'node:crypto';

import type { CanonicalRules } from './canonical';
import { canonicalRules } from './canonical';
import { readJson } from './json';
import type { VerifyingKey } from './keys';
import type { ServerMessage, ServerMessageType } from './messages';
import { MESSAGE_FIELDS, messageSignedString } from './messages';
import type { Result } from './result';
import { failure, success } from './result';

/** Why a message was not accepted. A code and nothing of the message: what cannot be trusted is not repeated. */
export type MessageProblem =
	| 'notAMessage'
	| 'notCanonical'
	| 'anotherServerKey'
	| 'anotherRecipient'
	| 'signature';

export interface VerifiedMessage {
	readonly message: ServerMessage;
	/** SHA-256 of the signed string, base64: the same for every reading of it. */
	readonly digest: string;
}

/** Which canonical rule each field of a message obeys. */
const FIELD_RULES: Readonly<Record<ServerMessageType, Readonly<Record<string, keyof CanonicalRules>>>> = {
	transfer: {
		id: 'id',
		date: 'date',
		sendAccount: 'accountNumber',
		receiveAccount: 'accountNumber',
		sendCurrency: 'currency',
		receiveCurrency: 'currency',
		sendAmount: 'amount',
		receiveAmount: 'amount',
		narrative: 'text',
	},
	account: {
		accountNumber: 'accountNumber',
		name: 'text',
		currency: 'currency',
		balance: 'balance',
		available: 'balance',
	},
	error: { nonce: 'nonce', msg: 'text' },
};

/**
 * Reads a payload as a message in canonical form (rule 2). Unknown fields are left out, so that what is passed on was all signed.
 * @param payload a JSON string or an already parsed value
 */
export function readServerMessage(
	type: ServerMessageType,
	payload: unknown,
	rules: CanonicalRules = canonicalRules,
): Result<ServerMessage, MessageProblem> {
	const envelope = readJson(payload);
	const received = envelope && readJson(envelope.params);
	if (!envelope || !received) return failure('notAMessage');
	const { key, rcpt, signed } = envelope;
	const nonce = integerText(envelope.nonce);
	if (typeof key !== 'string' || typeof rcpt !== 'string' || typeof signed !== 'string' || nonce === undefined) {
		return failure('notAMessage');
	}
	if (!rules.nonce(nonce)) return failure('notCanonical');

	const params: Record<string, string> = {};
	for (const field of MESSAGE_FIELDS[type]) {
		// The source shows the nonce inside an error as text and every other nonce as a number: take either.
		const value = field === 'nonce' ? integerText(received[field]) : received[field];
		if (typeof value !== 'string') return failure('notAMessage');
		const rule = FIELD_RULES[type][field];
		if (rule === undefined || !rules[rule](value)) return failure('notCanonical');
		params[field] = value;
	}
	// Every field of this type was read and checked above.
	return success({ type, key, nonce, rcpt, params, signed } as unknown as ServerMessage);
}

/**
 * Rules 1 and 2 of section "What a message must satisfy": canonical, from the trusted server key, to our own key, and truly signed.
 * Rules 3 and 4 (asked for, and not acted on before) need memory, and belong to whoever acts on the message.
 * @param atOnce whether to verify here instead of on another thread
 */
export async function verifyServerMessage(
	type: ServerMessageType,
	payload: unknown,
	trust: { serverKey: VerifyingKey; recipient: string },
	rules: CanonicalRules = canonicalRules,
	atOnce = false,
): Promise<Result<VerifiedMessage, MessageProblem>> {
	const read = readServerMessage(type, payload, rules);
	if (!read.ok) return read;
	const message = read.value;
	if (message.key !== trust.serverKey.publicKey) return failure('anotherServerKey');
	if (message.rcpt !== trust.recipient) return failure('anotherRecipient');
	const signedString = messageSignedString(message);
	const { serverKey } = trust;
	const verifying = atOnce ? serverKey.verifyNow(signedString, message.signed) : serverKey.verify(signedString, message.signed);
	// While another thread verifies.
	const digest = signedStringDigest(signedString);
	if (!(await verifying)) return failure('signature');
	// The two keys are the same texts in every message: kept once, they do not fill the memory of whoever keeps many messages.
	return success({ message: { ...message, key: serverKey.publicKey, rcpt: trust.recipient }, digest });
}

export function signedStringDigest(signedString: string): string {
	return hash('sha256', signedString, 'base64');
}

/** A nonce may come as a number or as its digits; both have one text. */
function integerText(value: unknown): string | undefined {
	if (typeof value === 'string') return value;
	return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
