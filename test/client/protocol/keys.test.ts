import { createECDH } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import {
	DOCUMENTED_SERVER_IDENTITY,
	generateKeyPair,
	readPrivateKey,
	readPublicKey,
	type SigningKey,
} from '../../../client/protocol';
import { namedKey } from '../keys';
import vectors from './vectors/vectors.json';

// Property tests share the machine with other suites.
jest.setTimeout(60_000);

/** How many points the curve has: private keys are the numbers below it. */
const ORDER = 0xffffffff_ffffffff_ffffffff_fffffffe_baaedce6_af48a03b_bfd25e8c_d0364141n;

function base64Of(number: bigint): string {
	return Buffer.from(number.toString(16).padStart(64, '0'), 'hex').toString('base64');
}

function signingKey(text: string): SigningKey {
	const key = readPrivateKey(text);
	if (!key.ok) throw new Error(`The key was refused: ${key.problem}`);
	return key.value;
}

describe('readPrivateKey', () => {
	it.each([
		['base64', vectors.client.privateKey],
		['hex', vectors.client.privateKeyHex],
		['hex in capital letters', vectors.client.privateKeyHex.toUpperCase()],
		['base64 with white space around it', ` \t${vectors.client.privateKey}\r\n`],
	])('takes %s and derives the public key', (_form, text) => {
		expect(signingKey(text).publicKey).toBe(vectors.client.publicKey);
	});

	it.each([
		['missing', ''],
		['missing', ' \n\t'],
		['encoding', 'not base64!'],
		['encoding', vectors.client.privateKey.slice(0, -1)],
		['encoding', `${vectors.client.privateKey}=`],
		['encoding', vectors.client.privateKey.replace(/^./u, '-')],
		['encoding', `${vectors.client.privateKey.slice(0, 20)} ${vectors.client.privateKey.slice(20)}`],
		['encoding', `0x${vectors.client.privateKeyHex}`],
		['encoding', vectors.client.privateKeyHex.slice(1)],
		['length', Buffer.alloc(31, 1).toString('base64')],
		['length', Buffer.alloc(33, 1).toString('base64')],
		['length', vectors.client.publicKey],
		['length', vectors.client.privateKeyHex.slice(4)],
		['length', 'AAAA'],
		['range', base64Of(0n)],
		['range', '0'.repeat(64)],
		['range', base64Of(ORDER)],
		['range', base64Of(ORDER + 1n)],
		['range', base64Of(2n ** 256n - 1n)],
		['range', 'f'.repeat(64)],
	])('refuses for its %s: %j', (problem, text) => {
		expect(readPrivateKey(text)).toEqual({ ok: false, problem });
	});

	it.each([1n, 2n, ORDER - 1n])('takes the number %d at the edge of the range', (number) => {
		const pair = createECDH('secp256k1');
		pair.setPrivateKey(Buffer.from(base64Of(number), 'base64'));
		expect(signingKey(base64Of(number)).publicKey).toBe(pair.getPublicKey('base64'));
	});

	it('derives what node:crypto derives, for any number in range', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 1n, max: ORDER - 1n }), (number) => {
				const pair = createECDH('secp256k1');
				pair.setPrivateKey(Buffer.from(base64Of(number), 'base64'));
				return signingKey(base64Of(number)).publicKey === pair.getPublicKey('base64');
			}),
		);
	});
});

describe('readPublicKey', () => {
	const point = Buffer.from(vectors.server.publicKey, 'base64');
	const x = point.subarray(1, 33);
	const y = point.subarray(33);

	it.each([
		['a key that elliptic made', vectors.server.publicKey],
		['the documented key of the provider', DOCUMENTED_SERVER_IDENTITY],
	])('takes %s as it is', (_name, text) => {
		expect(readPublicKey(`\n${text} `)).toMatchObject({ ok: true, value: { publicKey: text } });
	});

	it('knows the provider’s key as the documentation writes it', () => {
		expect(DOCUMENTED_SERVER_IDENTITY).toBe(
			'BLmiS8rOACxx3WQfZp/xXyeqjtyrJE6VhMN4gVtpu/RQioE38MXYWxlRF4ONIYI2l9npoSXK1gVcyoB2+VRima0=',
		);
	});

	it.each([
		['missing', ''],
		['missing', '   '],
		['encoding', 'no key'],
		['encoding', point.toString('base64url')],
		['encoding', vectors.server.publicKey.replace('=', '')],
		['compressed', Buffer.concat([Buffer.from([2]), x]).toString('base64')],
		['compressed', Buffer.concat([Buffer.from([3]), x]).toString('base64')],
		['length', Buffer.concat([Buffer.from([4]), x]).toString('base64')],
		['length', point.subarray(1).toString('base64')],
		['length', Buffer.concat([point, Buffer.from([0])]).toString('base64')],
		// The hybrid form of old OpenSSL: the right length, and not the form of the API.
		['length', Buffer.concat([Buffer.from([6]), x, y]).toString('base64')],
		['length', Buffer.concat([Buffer.from([7]), x, y]).toString('base64')],
		['length', vectors.client.privateKey],
		['length', point.toString('hex').slice(0, 64)],
		['notOnCurve', Buffer.concat([Buffer.from([4]), y, x]).toString('base64')],
		['notOnCurve', Buffer.concat([Buffer.from([4]), Buffer.alloc(64)]).toString('base64')],
		['notOnCurve', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 0xff)]).toString('base64')],
	])('refuses for %s: %j', (problem, text) => {
		expect(readPublicKey(text)).toEqual({ ok: false, problem });
	});
});

describe('keys made', () => {
	it('by this package are two halves of 32 and 65 bytes that belong together', () => {
		for (let made = 0; made < 50; made += 1) {
			const { privateKey, publicKey } = generateKeyPair();
			expect(Buffer.from(privateKey, 'base64')).toHaveLength(32);
			expect(signingKey(privateKey).publicKey).toBe(publicKey);
		}
	});

	it('by this package are 32 bytes even where the number is shorter', () => {
		const beginsWithZero = ({ privateKey }: { privateKey: string }) => Buffer.from(privateKey, 'base64')[0] === 0;
		// One key in 256 does.
		let pair = generateKeyPair();
		while (!beginsWithZero(pair)) pair = generateKeyPair();
		expect(signingKey(pair.privateKey).publicKey).toBe(pair.publicKey);
	});
});

describe('a signing key', () => {
	it('shows nothing of its private half, however it is looked at', () => {
		const { privateKey, privateKeyHex } = vectors.client;
		const key = signingKey(privateKey);
		const views = [
			JSON.stringify(key),
			JSON.stringify(Object.assign({}, key)),
			JSON.stringify(Object.getOwnPropertyDescriptors(key)),
			inspect(key, { showHidden: true, depth: Infinity, getters: true }),
			inspect(Object.assign({}, key), { showHidden: true, depth: Infinity }),
			inspect(structuredClone(Object.assign({}, key)), { showHidden: true, depth: Infinity }),
			Reflect.ownKeys(key).map(String).join(' '),
		];
		const secrets = [
			privateKey,
			privateKeyHex,
			Buffer.from(privateKey, 'base64').toString('base64url'),
			BigInt(`0x${privateKeyHex}`).toString(),
		];
		expect(views.join('\n')).toContain(key.publicKey);
		for (const secret of secrets) expect(views.join('\n').toLowerCase()).not.toContain(secret.toLowerCase());
		expect(Object.keys(key)).toEqual(['publicKey']);
	});

	it('signs what its own public half verifies, and nothing else does', async () => {
		const [first, second] = [namedKey('first'), namedKey('second')];
		for (const signature of [await first.signing.sign('text'), first.signing.signNow('text')]) {
			expect(await first.verifying.verify('text', signature)).toBe(true);
			expect(await first.verifying.verify('text ', signature)).toBe(false);
			expect(await second.verifying.verify('text', signature)).toBe(false);
		}
	});
});
