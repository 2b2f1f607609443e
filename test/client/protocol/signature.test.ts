import fc from 'fast-check';
import { decodeSignature } from '../../../client/protocol';
import { namedKey } from '../keys';
import vectors from './vectors/vectors.json';

// Property tests share the machine with other suites.
jest.setTimeout(60_000);

const key = namedKey('signatures');
const SIGNED = 'the signed string';

/** `r` and `s` of a DER signature, 32 bytes each. */
function compactOf(der: Buffer): Buffer {
	const rLength = der[3] ?? 0;
	const numbers = [der.subarray(4, 4 + rLength), der.subarray(6 + rLength)];
	return Buffer.concat(numbers.map((number) => Buffer.concat([Buffer.alloc(32), number]).subarray(-32)));
}

/** Here and on another thread: both must come to the same. */
async function verifies(text: string, signature: string): Promise<boolean> {
	const there = await key.verifying.verify(text, signature);
	expect(key.verifying.verifyNow(text, signature)).toBe(there);
	return there;
}

async function signature(): Promise<{ der: Buffer; compact: Buffer }> {
	const der = Buffer.from(await key.signing.sign(SIGNED), 'base64');
	return { der, compact: compactOf(der) };
}

describe('the three encodings of one signature', () => {
	it('are all accepted', async () => {
		const { der, compact } = await signature();
		expect(await verifies(SIGNED, der.toString('base64'))).toBe(true);
		expect(await verifies(SIGNED, compact.toString('base64'))).toBe(true);
		for (const header of [27, 28, 29, 30, 31, 32, 33, 34]) {
			const withHeader = Buffer.concat([Buffer.from([header]), compact]).toString('base64');
			expect(await verifies(SIGNED, withHeader)).toBe(true);
		}
	});

	it('are told apart', async () => {
		const { der, compact } = await signature();
		expect(decodeSignature(der.toString('base64'))).toEqual({ encoding: 'der', bytes: der });
		const compactDecoded = { encoding: 'ieee-p1363', bytes: compact };
		expect(decodeSignature(compact.toString('base64'))).toEqual(compactDecoded);
		expect(decodeSignature(Buffer.concat([Buffer.from([31]), compact]).toString('base64'))).toEqual(compactDecoded);
	});

	it('prove nothing about another text', async () => {
		const { der, compact } = await signature();
		for (const bytes of [der, compact, Buffer.concat([Buffer.from([27]), compact])]) {
			expect(await verifies('another string', bytes.toString('base64'))).toBe(false);
		}
	});

	it('include the form of 65 bytes that the provider’s examples show', () => {
		const example = 'HHtq7HXqWx1Pi754iAhWWSugJOlmiNrZxrvfui6Y3mPxK1y5ayvJu+3vF2zR9DjIi0XwAouGhLdjHtFii8RlilM=';
		expect(decodeSignature(example)).toMatchObject({ encoding: 'ieee-p1363' });
	});

	it('are recognised for every length that DER can have, whatever the numbers', () => {
		const integer = fc
			.uint8Array({ minLength: 1, maxLength: 33 })
			.map((bytes) => Buffer.concat([Buffer.from([2, bytes.length]), bytes]));
		fc.assert(
			fc.property(integer, integer, (r, s) => {
				const bytes = Buffer.concat([Buffer.from([0x30, r.length + s.length]), r, s]);
				expect(decodeSignature(bytes.toString('base64'))).toEqual({ encoding: 'der', bytes });
			}),
		);
	});
});

describe('garbage as a signature', () => {
	it.each([
		['nothing', Buffer.alloc(0)],
		['a header that is too low', Buffer.concat([Buffer.from([26]), Buffer.alloc(64, 1)])],
		['a header that is too high', Buffer.concat([Buffer.from([35]), Buffer.alloc(64, 1)])],
		['63 bytes', Buffer.alloc(63, 1)],
		['66 bytes', Buffer.alloc(66, 27)],
		['DER with something behind it', Buffer.from('3006020101020101ff', 'hex')],
		['DER with too short a length', Buffer.from('3005020101020101', 'hex')],
		['DER with one number', Buffer.from('3003020101', 'hex')],
		['DER with three numbers', Buffer.from('3009020101020101020101', 'hex')],
		['DER with an empty number', Buffer.from('30050200020101', 'hex')],
		['DER with a long form length', Buffer.from('308106020101020101', 'hex')],
		['DER of something else', Buffer.from('3006040101040101', 'hex')],
	])('is refused: %s', async (_name, bytes) => {
		expect(decodeSignature(bytes.toString('base64'))).toBeUndefined();
		expect(await verifies(SIGNED, bytes.toString('base64'))).toBe(false);
	});

	it.each(['not base64', 'A===', 'AAA', '====', 'AAAA'.repeat(100), ' ', '\u0000', 'ＡＡＡＡ'])('is refused as text: %j', async (text) => {
		expect(decodeSignature(text)).toBeUndefined();
		expect(await verifies(SIGNED, text)).toBe(false);
	});

	it.each([
		['zeros', Buffer.alloc(64)],
		['numbers above the order of the curve', Buffer.alloc(64, 0xff)],
		['DER of zeros', Buffer.from('3006020100020100', 'hex')],
		['DER of negative numbers', Buffer.from('30060201ff0201ff', 'hex')],
		['DER whose numbers are longer than they need be', Buffer.from('3008020200010202 0001'.replace(' ', ''), 'hex')],
	])('never verifies, even in a form that could be one: %s', async (_name, bytes) => {
		expect(await verifies(SIGNED, bytes.toString('base64'))).toBe(false);
	});

	it('never throws and never verifies, whatever it is', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(fc.string(), fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64'))),
				async (text) => !(await verifies(SIGNED, text)),
			),
		);
	});

	it('is also what remains when one bit of a signature is turned', async () => {
		const { der } = await signature();
		for (let bit = 0; bit < der.length * 8; bit += 1) {
			const changed = Buffer.from(der);
			changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(await verifies(SIGNED, changed.toString('base64'))).toBe(false);
		}
	});
});

describe('fixed signatures', () => {
	const byName = [...vectors.operations, ...vectors.messages].flatMap(({ signedString, signatures }, index) =>
		Object.entries(signatures).map(([encoding, text]) => ({ index, encoding, text, signedString })),
	);

	it.each(byName)('of vector $index as $encoding verify', async ({ index, text, signedString }) => {
		const { publicKey } = index < vectors.operations.length ? vectors.client : vectors.server;
		const signer = [namedKey('vectors: the client'), namedKey('vectors: the server')].find(
			(candidate) => candidate.publicKey === publicKey,
		);
		expect(await signer?.verifying.verify(signedString, text)).toBe(true);
		expect(await signer?.verifying.verify(`${signedString}0`, text)).toBe(false);
	});
});
