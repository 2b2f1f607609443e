/** Numbers from 0 to 1. */
export type Random = () => number;

/** A message as it is about to be sent: its type, and its payload as parsed JSON. */
export interface Wire {
	readonly type: string;
	readonly payload: Readonly<Record<string, unknown>>;
}

/** How a message is damaged: to another message, or, where it is not one any more, to a text. */
type Mutation = (wire: Wire, random: Random) => Wire | string;

const TYPES = ['transfer', 'account', 'error', 'ack', 'err', 'auth', '__proto__', 'constructor', 'toString', ''];
/** What a field is replaced by. */
const STRANGE_VALUES: readonly unknown[] = [
	null, true, 0, -1, 1e21, 1.5, '', ' ', '0', '-0.00', '١٢٣', '1\u200b', 'NaN', 'Infinity', '1e3', '0x10', [], {}, [1], { length: 1 },
	{ toString: 'x' }, '\ud800', '\u0000', '９１２０００００01', '9'.repeat(40), 'x'.repeat(5_000),
];
const LOOK_ALIKES: ReadonlyArray<readonly [string, string]> = [
	['0', '０'], ['1', 'l'], ['.', '٫'], ['-', '‐'], ['U', 'Ｕ'], ['a', 'а'], ['+', ' '], ['=', ''], ['/', '_'], ['e', 'e\u0301'],
];
const DEPTH = 2_000;

const MUTATIONS: readonly Mutation[] = [
	// One bit of the text.
	(wire, random) => flipBit(frameText(wire), random),
	(wire, random) => flipBit(flipBit(frameText(wire), random), random),
	(wire, random) => frameText(wire).slice(0, Math.floor(random() * frameText(wire).length)),
	(wire, random) => {
		const text = frameText(wire);
		const [from, to] = [Math.floor(random() * text.length), Math.floor(random() * text.length)];
		return text.slice(0, from) + text.slice(to);
	},
	(wire, random) => ({ ...wire, type: pick(TYPES, random) }),
	(wire, random) => withField(wire, random, () => pick(STRANGE_VALUES, random)),
	// The same content in another type.
	(wire, random) => withField(wire, random, (value) => pick([[value], { value }, Number(textOf(value)), textOf(value), [textOf(value)]], random)),
	(wire, random) => withField(wire, random, (value) => lookAlike(textOf(value), random)),
	(wire, random) => withField(wire, random, (value) => pick([` ${textOf(value)}`, `${textOf(value)} `, `0${textOf(value)}`, `${textOf(value)}0`, `+${textOf(value)}`], random)),
	// Two fields change places.
	(wire, random) => {
		const [a, b] = [pick(fieldsOf(wire), random), pick(fieldsOf(wire), random)];
		return setField(setField(wire, a, getField(wire, b)), b, getField(wire, a));
	},
	resplit,
	(wire, random) => removeField(wire, pick(fieldsOf(wire), random)),
	// A key twice: JSON takes the last one.
	(wire, random) => {
		const [owner, name] = pick(fieldsOf(wire), random);
		const twin = `${JSON.stringify(name)}:${JSON.stringify(pick(STRANGE_VALUES, random))}`;
		const text = frameText(wire);
		return owner === 'params' ? text.replace('"params":{', `"params":{${twin},`) : text.replace('"data":{', `"data":{${twin},`);
	},
	(wire, random) => {
		const [, name] = pick(fieldsOf(wire), random);
		return frameText(wire).replace(/\}(\}*)$/u, `,${JSON.stringify(name)}:${JSON.stringify(pick(STRANGE_VALUES, random))}}$1`);
	},
	(wire) => frameText(wire).replace('"params":', '"__proto__":'),
	(wire) => frameText(wire).replace('"params":{', '"params":{"__proto__":{"id":"999999"},"constructor":{"prototype":{"id":"1"}},'),
	(wire, random) => frameText(wire).replace('{', '['.repeat(Math.floor(random() * DEPTH)) + '{'),
	(wire, random) => {
		const depth = Math.floor(random() * DEPTH);
		return withField(wire, random, (value) => JSON.parse('['.repeat(depth) + JSON.stringify(value ?? null) + ']'.repeat(depth)));
	},
	(wire, random) => withField(wire, random, (value) => textOf(value) + '🪙'.repeat(Math.floor(random() * 20_000))),
	// What is left unsigned may be anything, and must not get through.
	(wire, random) => setField(wire, ['params', `extra${random()}`], pick(STRANGE_VALUES, random)),
	// The payload as text inside the frame, and that text cut.
	(wire, random) => {
		const inner = JSON.stringify(wire.payload);
		return JSON.stringify({ msg: wire.type, data: inner.slice(0, Math.floor(random() * (inner.length + 1))) });
	},
	(wire, random) => JSON.stringify({ msg: wire.type, data: flipBit(JSON.stringify(wire.payload), random) }),
	(_, random) => Array.from({ length: Math.floor(random() * 300) }, () => String.fromCharCode(Math.floor(random() * 0x1_0000))).join(''),
	(_, random) => JSON.stringify(randomJson(random, 4)),
	(wire, random) => JSON.stringify({ msg: wire.type, data: randomJson(random, 4) }),
];

/** A random frame near a genuine message, as the text of a WebSocket frame. */
export function mutate(wire: Wire, other: Wire, random: Random): string {
	let mutated: Wire | string = random() < 0.1 ? crossed(wire, other, random) : pick(MUTATIONS, random)(wire, random);
	if (typeof mutated !== 'string' && random() < 0.3) mutated = pick(MUTATIONS, random)(mutated, random);
	return typeof mutated === 'string' ? mutated : frameText(mutated);
}

export function frameText({ type, payload }: Wire): string {
	return JSON.stringify({ msg: type, data: payload });
}

type Field = readonly [owner: 'message' | 'params', name: string];

/** A field of another message, with the signature of this one. */
function crossed(wire: Wire, other: Wire, random: Random): Wire {
	const field = pick(fieldsOf(other), random);
	return setField(wire, field, getField(other, field));
}

/** Characters move from the end of one field to the start of the next, or back: the signed string may stay the same. */
function resplit(wire: Wire, random: Random): Wire {
	const fields = [['message', 'nonce'] as const, ...fieldsOf(wire).filter(([owner]) => owner === 'params')];
	const at = Math.floor(random() * (fields.length - 1));
	const [left, right] = [fields[at], fields[at + 1]];
	if (!left || !right) return wire;
	const joined = textOf(getField(wire, left)) + textOf(getField(wire, right));
	const cut = Math.floor(random() * (joined.length + 1));
	const [before, after] = [joined.slice(0, cut), joined.slice(cut)];
	const asNumber = left[1] === 'nonce' && random() < 0.5;
	return setField(setField(wire, left, asNumber ? Number(before) : before), right, after);
}

function fieldsOf({ payload }: Wire): Field[] {
	const params = isObject(payload.params) ? Object.keys(payload.params) : [];
	return [...Object.keys(payload).map((name) => ['message', name] as const), ...params.map((name) => ['params', name] as const)];
}

function getField({ payload }: Wire, [owner, name]: Field): unknown {
	if (owner === 'message') return payload[name];
	return isObject(payload.params) ? payload.params[name] : undefined;
}

function setField(wire: Wire, [owner, name]: Field, value: unknown): Wire {
	const { payload } = wire;
	if (owner === 'message') return { ...wire, payload: { ...payload, [name]: value } };
	if (!isObject(payload.params)) return wire;
	return { ...wire, payload: { ...payload, params: { ...payload.params, [name]: value } } };
}

function removeField(wire: Wire, field: Field): Wire {
	return setField(wire, field, undefined);
}

function withField(wire: Wire, random: Random, change: (value: unknown) => unknown): Wire {
	const field = pick(fieldsOf(wire), random);
	return setField(wire, field, change(getField(wire, field)));
}

function lookAlike(text: string, random: Random): string {
	const [genuine, false_] = pick(LOOK_ALIKES, random);
	return text.replace(genuine, false_);
}

function flipBit(text: string, random: Random): string {
	const at = Math.floor(random() * text.length);
	return text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random() * 8))) + text.slice(at + 1);
}

function randomJson(random: Random, depth: number): unknown {
	const kind = Math.floor(random() * (depth > 0 ? 6 : 4));
	if (kind < 3) return pick(STRANGE_VALUES, random);
	if (kind === 3) return random() * 1e15;
	const length = Math.floor(random() * 5);
	if (kind === 4) return Array.from({ length }, () => randomJson(random, depth - 1));
	const names = ['key', 'nonce', 'rcpt', 'params', 'signed', 'id', 'msg', 'data', '__proto__', 'constructor'];
	return Object.fromEntries(Array.from({ length }, () => [pick(names, random), randomJson(random, depth - 1)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick<Value>(values: readonly Value[], random: Random): Value {
	return values[Math.floor(random() * values.length)] as Value;
}

/** The value as text. An object that an earlier mutation put there may have a `toString` that is none. */
function textOf(value: unknown): string {
	return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}
