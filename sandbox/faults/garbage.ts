import type { Frame } from '../wire/frames';
import { message } from '../wire/frames';

const NESTING = 20_000;

/** Each kind of thing that is no message. All are sent under the name of a real one but `unknownType`. */
const GARBAGE = {
	brokenJson: (type) => ({ kind: 'text', type, text: '{"key":"B","nonce":14298150' }),
	plainText: (type) => ({ kind: 'text', type, text: 'Internal Server Error' }),
	emptyText: (type) => ({ kind: 'text', type, text: '' }),
	binary: (type) => ({ kind: 'bytes', type, bytes: Buffer.from([0, 255, 254, 1, 2, 3, 128, 0]) }),
	noPayload: (type) => ({ kind: 'nothing', type }),
	noObject: (type) => message(type, 42),
	list: (type) => message(type, [[], null, { params: {} }]),
	noFields: (type) => message(type, {}),
	wrongTypes: (type) => message(type, { key: 1, nonce: {}, rcpt: null, params: 'params', signed: ['signed'] }),
	emptyParams: (type) => message(type, { key: '', nonce: 0, rcpt: '', params: {}, signed: '' }),
	prototype: (type) => ({
		kind: 'text',
		type,
		text: `{"msg":"${type}","data":{"__proto__":{"nonce":1},"constructor":{"prototype":{}},"params":{"__proto__":{"id":"1"}}}}`,
	}),
	deepNesting: (type) => ({ kind: 'text', type, text: '['.repeat(NESTING) + ']'.repeat(NESTING) }),
	unknownType: () => message('constructor', { params: {} }),
	brokenPacket: () => ({ kind: 'packet', text: '9this is no packet' }),
} as const satisfies Readonly<Record<string, (type: string) => Frame>>;

export type GarbageVariant = keyof typeof GARBAGE;

export const GARBAGE_VARIANTS = Object.keys(GARBAGE) as GarbageVariant[];

/** A broken packet makes a client of Socket.IO 3 or 4 hang up, so it comes only where it is asked for. */
export function garbage(type: string, variant: GarbageVariant | 'all'): Frame[] {
	const variants = variant === 'all' ? GARBAGE_VARIANTS.filter((name) => name !== 'brokenPacket') : [variant];
	return variants.map((name) => GARBAGE[name](type));
}
