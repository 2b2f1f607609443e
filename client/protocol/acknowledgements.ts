import { readJson } from './json';

/** `ack`: received and well formed. `err`: not accepted, so nothing happened. Both unsigned, so neither is evidence of a payment. */
export interface Acknowledgement {
	readonly accepted: boolean;
	readonly nonce: number;
	/** The server's words, made safe to show. Only where it gave some. */
	readonly reason?: string;
}

const REASON_FIELDS = ['msg', 'message', 'error', 'reason'] as const;
const MAXIMUM_REASON_LENGTH = 200;
const UNPRINTABLE = /[\p{C}\p{Z}]+/gu;
/** What is left of a character that was cut in the middle. */
const HALF_CHARACTER = /\p{Surrogate}$/u;

/** Reads the answer to an operation, or gives undefined for what carries no nonce. Implements "`ack` and `err`" of section "Messages". */
export function readAcknowledgement(type: 'ack' | 'err', payload: unknown): Acknowledgement | undefined {
	const message = readJson(payload);
	const nonce = Number(message?.nonce ?? NaN);
	if (!message || !Number.isSafeInteger(nonce)) return undefined;
	const reason = REASON_FIELDS.map((field) => message[field]).find(
		(value): value is string => typeof value === 'string' && value.trim() !== '',
	);
	const accepted = type === 'ack';
	return reason === undefined ? { accepted, nonce } : { accepted, nonce, reason: printable(reason) };
}

/** A peer's words for people to read: one line, no control or format characters, of bounded length. */
export function printable(text: string): string {
	const line = text.slice(0, 4 * MAXIMUM_REASON_LENGTH).replace(UNPRINTABLE, ' ').trim();
	return line.length > MAXIMUM_REASON_LENGTH ? `${line.slice(0, MAXIMUM_REASON_LENGTH).replace(HALF_CHARACTER, '')}…` : line;
}
