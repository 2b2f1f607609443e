import type { CanonicalRules, ServerMessageType } from '../../../client/protocol';
import { messageSignedString } from '../../../client/protocol';
import type { UnsignedMessage } from '../keys';

/** One way to read a signed string: its fields in the order in which they were signed. */
export interface Reading {
	readonly type: ServerMessageType;
	readonly fields: Readonly<Record<string, string>>;
}

type Field = readonly [name: string, rule: keyof CanonicalRules];

/**
 * The fields behind the key, in the order of the signed string, each with its rule. Written out here once more, so that a field which the reader forgot to check
 * is missed by nobody. `rcpt` has no rule: it is known.
 */
const LAYOUT: Readonly<Record<ServerMessageType, ReadonlyArray<Field | 'rcpt'>>> = {
	transfer: [
		'rcpt',
		['nonce', 'nonce'],
		['id', 'id'],
		['date', 'date'],
		['sendAccount', 'accountNumber'],
		['receiveAccount', 'accountNumber'],
		['sendCurrency', 'currency'],
		['receiveCurrency', 'currency'],
		['sendAmount', 'amount'],
		['receiveAmount', 'amount'],
		['narrative', 'text'],
	],
	account: [
		['nonce', 'nonce'],
		'rcpt',
		['accountNumber', 'accountNumber'],
		['name', 'text'],
		['currency', 'currency'],
		['balance', 'balance'],
		['available', 'balance'],
	],
	error: [['nonce', 'nonce'], 'rcpt', ['params.nonce', 'nonce'], ['msg', 'text']],
};

/** The reading that the server meant. */
export function fieldsOf(message: UnsignedMessage): Reading {
	const params = message.params as Readonly<Record<string, string>>;
	const fields: Record<string, string> = { key: message.key };
	for (const field of LAYOUT[message.type]) {
		if (field === 'rcpt') fields.rcpt = message.rcpt;
		else if (field[0] === 'nonce') fields.nonce = message.nonce;
		else fields[field[0]] = params[field[0].replace('params.', '')] ?? '';
	}
	return { type: message.type, fields };
}

export function textOf({ type, fields }: Reading): string {
	return type.toUpperCase() + Object.values(fields).join('');
}

/**
 * Every way to cut a signed string into fields that each obey their rule, with the key and the recipient where they are known to be. It tries every length of
 * every field; a beginning that breaks a rule is not followed further, since no rule looks at more than its own field.
 */
export function cuts(message: UnsignedMessage, rules: CanonicalRules, signedString = messageSignedString(message)): Reading[] {
	const start = message.type.toUpperCase() + message.key;
	if (!signedString.startsWith(start)) return [];
	const found: Reading[] = [];
	const layout = LAYOUT[message.type];
	const cut = (index: number, rest: string, fields: Readonly<Record<string, string>>) => {
		const field = layout[index];
		if (field === undefined) {
			if (rest === '') found.push({ type: message.type, fields });
		} else if (field === 'rcpt') {
			if (rest.startsWith(message.rcpt)) cut(index + 1, rest.slice(message.rcpt.length), { ...fields, rcpt: message.rcpt });
		} else {
			const isLast = index === layout.length - 1;
			for (let length = isLast ? rest.length : 0; length <= rest.length; length += 1) {
				const text = rest.slice(0, length);
				if (rules[field[1]](text)) cut(index + 1, rest.slice(length), { ...fields, [field[0]]: text });
			}
		}
	};
	cut(0, signedString.slice(start.length), { key: message.key });
	return found;
}

const RANDOM_READINGS = 200;

/**
 * Readings of one string without regard for any rule: every boundary moved by every distance up to the ends of its two neighbours, every two adjacent boundaries
 * moved together, and a number of entirely random ones.
 */
export function* movedBoundaries(own: Reading, choices: Iterable<number>): Generator<Reading> {
	const names = Object.keys(own.fields);
	const text = Object.values(own.fields).join('');
	const ends = endsOf(Object.values(own.fields));
	for (let boundary = 0; boundary < ends.length; boundary += 1) {
		const [low, high] = [ends[boundary - 1] ?? 0, ends[boundary + 1] ?? text.length];
		for (let end = low; end <= high; end += 1) {
			if (end !== ends[boundary]) yield reading(own, names, text, ends.with(boundary, end));
		}
		for (let distance = -15; distance <= 15; distance += 1) {
			const together = ends.map((end, index) => (index === boundary || index === boundary + 1 ? end + distance : end));
			if (distance !== 0 && isAscending(together, text.length)) yield reading(own, names, text, together);
		}
	}
	const random = choices[Symbol.iterator]();
	for (let count = 0; count < RANDOM_READINGS; count += 1) {
		const places = ends.map(() => (random.next().value as number) % (text.length + 1));
		const sorted = places.sort((a, b) => a - b);
		if (sorted.some((end, index) => end !== ends[index])) yield reading(own, names, text, sorted);
	}
}

/** Where each field but the last ends. */
function endsOf(values: readonly string[]): number[] {
	let end = 0;
	return values.slice(0, -1).map((value) => (end += value.length));
}

function isAscending(ends: readonly number[], length: number): boolean {
	return ends.every((end, index) => end >= (ends[index - 1] ?? 0) && end <= length);
}

function reading({ type }: Reading, names: readonly string[], text: string, ends: readonly number[]): Reading {
	const fields = names.map((name, index) => [name, text.slice(ends[index - 1] ?? 0, ends[index] ?? text.length)] as const);
	return { type, fields: Object.fromEntries(fields) };
}
