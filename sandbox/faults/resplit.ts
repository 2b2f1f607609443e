import type { ServerMessageType } from '../../client/protocol';
import { MESSAGE_FIELDS } from '../../client/protocol';
import type { WireMessage } from '../wire/server-identity';

/** Two fields that stand side by side in a signed string, as `left/right`. The envelope's nonce is called `nonce`. */
const NEIGHBOURS = {
	transfer: neighbours(['rcpt', 'nonce', ...MESSAGE_FIELDS.transfer]),
	account: neighbours(['nonce', 'rcpt', ...MESSAGE_FIELDS.account]),
	error: neighbours(['nonce', 'rcpt', 'params.nonce', 'msg']),
} as const satisfies Readonly<Record<ServerMessageType, readonly string[]>>;

export const BOUNDARIES: readonly string[] = [...new Set(Object.values(NEIGHBOURS).flat())];

/**
 * Every message that says something else with the same signed string, by one character moved across the boundary, in either direction.
 * Between amounts also by three, the decimals and the point.
 */
export function resplit(type: ServerMessageType, genuine: WireMessage, boundary: string): WireMessage[] {
	const boundaries = NEIGHBOURS[type].filter((candidate) => boundary === 'all' || candidate === boundary);
	return boundaries.flatMap((candidate) => {
		const [left, right] = candidate.split('/') as [string, string];
		return [1, 3, -1, -3].flatMap((characters) => {
			const moved = move(fieldOf(genuine, left), fieldOf(genuine, right), characters);
			return moved ? [withField(withField(genuine, left, moved.left), right, moved.right)] : [];
		});
	});
}

function neighbours(fields: readonly string[]): string[] {
	return fields.slice(1).map((field, index) => `${fields[index]}/${field}`);
}

/** Moves so many characters from the left to the right, or the other way where negative. */
function move(left: string, right: string, characters: number): { left: string; right: string } | undefined {
	const cut = left.length - characters;
	const joined = left + right;
	if (cut < 0 || cut > joined.length) return undefined;
	return { left: joined.slice(0, cut), right: joined.slice(cut) };
}

function fieldOf(message: WireMessage, field: string): string {
	if (field === 'rcpt') return message.rcpt;
	if (field === 'nonce') return String(message.nonce);
	return message.params[paramOf(field)] ?? '';
}

function withField(message: WireMessage, field: string, value: string): WireMessage {
	if (field === 'rcpt') return { ...message, rcpt: value };
	if (field === 'nonce') return { ...message, nonce: numberWherePossible(value) };
	return { ...message, params: { ...message.params, [paramOf(field)]: value } };
}

function paramOf(field: string): string {
	return field.replace('params.', '');
}

/** A client that joins the number again must arrive at the same string. */
function numberWherePossible(value: string): number | string {
	const number = Number(value);
	return Number.isSafeInteger(number) && String(number) === value ? number : value;
}
