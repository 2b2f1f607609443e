import type { ServerMessage } from '../../../client/protocol';
import { messageSignedString } from '../../../client/protocol';
import type { NamedKey, UnsignedMessage, WireMessage } from '../../client/keys';
import { signMessage } from '../../client/keys';

/** Numbers that are the same for the same seed (xorshift32). */
export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed | 0 || 1;
	}

	below(limit: number): number {
		this.#state ^= this.#state << 13;
		this.#state ^= this.#state >>> 17;
		this.#state ^= this.#state << 5;
		return (this.#state >>> 0) % limit;
	}

	pick<Value>(values: readonly Value[]): Value {
		return values[this.below(values.length)] as Value;
	}
}

export interface Genuine {
	readonly message: UnsignedMessage;
	readonly wire: WireMessage;
}

/** Genuine messages of all three types, addressed to `recipient`. */
export async function genuineMessages(server: NamedKey, recipient: string, count: number): Promise<Genuine[]> {
	const head = { key: server.publicKey, rcpt: recipient };
	const messages = Array.from({ length: count }, (_, index): UnsignedMessage => {
		const nonce = String(1_500_000_000_000 + index);
		if (index % 3 === 1) {
			const params = { accountNumber: '9120000001', name: 'Current', currency: 'USD', balance: `-${index}.10`, available: '0.00' };
			return { type: 'account', ...head, nonce, params };
		}
		if (index % 3 === 2) return { type: 'error', ...head, nonce, params: { nonce: '1400000000000', msg: `5${index}` } };
		const params = {
			id: String(4_000 + index),
			date: '2024-02-29',
			sendAccount: '9120000002',
			receiveAccount: '9120000001',
			sendCurrency: 'USD',
			receiveCurrency: 'EUR',
			sendAmount: '150.00',
			receiveAmount: '130.50',
			narrative: `5 invoices, ${index}`,
		};
		return { type: 'transfer', ...head, nonce, params };
	});
	return await Promise.all(messages.map(async (message) => ({ message, wire: await signMessage(server, message) })));
}

const VALUES: readonly unknown[] = [null, true, 0, -1, 1e21, '', ' ', '0', '00', '1.005', '150.0', '150.000', 'NaN', [], {}, [[]], '\u0000', '\uD800', '💶'];
const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'id', 'nonce', 'rcpt', 'params'];

/** One frame made of a genuine message by damage that an attacker, or a bad line, could do. The text of the frame as it is sent. */
export function mutated({ message, wire }: Genuine, others: readonly Genuine[], random: Random): string {
	const copy = structuredClone(wire) as Record<string, unknown> & { params: Record<string, unknown> };
	const fields = Object.keys(copy.params);
	const field = random.pick(fields);
	const otherField = random.pick(fields);
	let type: unknown = message.type;
	switch (random.below(13)) {
		case 0:
			copy.params[field] = random.pick(VALUES);
			break;
		case 1:
			copy[random.pick(Object.keys(copy))] = random.pick(VALUES);
			break;
		case 2:
			[copy.params[field], copy.params[otherField]] = [copy.params[otherField], copy.params[field]];
			break;
		case 3:
			moveCharacter(copy.params, field, otherField, random);
			break;
		case 4:
			moveDigitOfNonce(copy, fields[0] ?? '');
			break;
		case 5:
			copy.signed = random.pick(others).wire.signed;
			break;
		case 6:
			type = random.pick(['transfer', 'account', 'error', 'ack', 'err', 'auth', '__proto__', '']);
			break;
		case 7:
			copy.params = random.pick(others).wire.params as Record<string, unknown>;
			break;
		case 8:
			return flipBit(frame(type, copy), random);
		case 9:
			return frame(type, copy).slice(0, random.below(400));
		case 10:
			return frame(type, copy).replace('"params":{', `"params":{"${random.pick(KEYS)}":${JSON.stringify(random.pick(VALUES))},`);
		case 11:
			return '['.repeat(1 + random.below(2_000)) + frame(type, copy);
		default:
			copy.signed = flipBit(String(copy.signed), random);
	}
	return frame(type, copy);
}

/** Bytes that mean nothing. */
export function noise(random: Random): string | Buffer {
	const bytes = Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256)));
	return random.below(2) === 0 ? bytes : bytes.toString('latin1');
}

/** Whether a message that was accepted is, field for field, one that was signed. */
export function isGenuine(accepted: ServerMessage, genuine: readonly Genuine[]): boolean {
	return genuine.some(
		({ message, wire }) =>
			message.type === accepted.type &&
			message.nonce === accepted.nonce &&
			JSON.stringify(Object.entries(message.params).sort()) === JSON.stringify(Object.entries(accepted.params).sort()) &&
			messageSignedString(message) === messageSignedString(accepted) &&
			// An ECDSA signature has a twin that is valid for the same string: it authenticates the same message.
			typeof wire.signed === 'string',
	);
}

function frame(type: unknown, data: unknown): string {
	return JSON.stringify({ msg: type, data });
}

/** The text in two adjacent fields stays the same; where it is cut does not. */
function moveCharacter(params: Record<string, unknown>, from: string, to: string, random: Random): void {
	const [left, right] = [String(params[from]), String(params[to])];
	if (random.below(2) === 0) [params[from], params[to]] = [left.slice(0, -1), left.slice(-1) + right];
	else [params[from], params[to]] = [left + right.slice(0, 1), right.slice(1)];
}

function moveDigitOfNonce(message: Record<string, unknown> & { params: Record<string, unknown> }, first: string): void {
	const nonce = String(message.nonce);
	message.nonce = nonce.slice(0, -1);
	message.params[first] = nonce.slice(-1) + String(message.params[first]);
}

function flipBit(text: string, random: Random): string {
	if (text === '') return text;
	const at = random.below(text.length);
	return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << random.below(7))) + text.slice(at + 1);
}
