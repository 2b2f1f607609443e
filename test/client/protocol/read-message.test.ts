import fc from 'fast-check';
import {
	isServerMessageType,
	messageSignedString,
	readServerMessage,
	signedStringDigest,
	verifyServerMessage,
	type ServerMessageType,
} from '../../../client/protocol';
import { namedKey, signMessage, type UnsignedMessage, type WireMessage } from '../keys';
import { validMessages } from './arbitraries';

// Property tests share the machine with other suites.
jest.setTimeout(60_000);

const server = namedKey('the server');
const client = namedKey('the client');
const stranger = namedKey('a stranger');
const trust = { serverKey: server.verifying, recipient: client.publicKey };
const head = { key: server.publicKey, rcpt: client.publicKey, nonce: '1429815032196' };

const MESSAGES = {
	transfer: {
		type: 'transfer',
		...head,
		params: {
			id: '4795',
			date: '2015-04-23',
			sendAccount: '9120000001',
			receiveAccount: '9120000002',
			sendCurrency: 'USD',
			receiveCurrency: 'USD',
			sendAmount: '150.00',
			receiveAmount: '150.00',
			narrative: 'Test API Transfer #1',
		},
	},
	account: {
		type: 'account',
		...head,
		params: { accountNumber: '9120000001', name: 'Current Account', currency: 'USD', balance: '100.00', available: '-5.00' },
	},
	error: { type: 'error', ...head, params: { nonce: '1429815032100', msg: 'Insufficient funds' } },
} as const satisfies { [Type in ServerMessageType]: UnsignedMessage<Type> };

const TYPES = Object.keys(MESSAGES) as ServerMessageType[];

async function problemOf(type: ServerMessageType, payload: unknown): Promise<string | undefined> {
	const result = await verifyServerMessage(type, payload, trust);
	return result.ok ? undefined : result.problem;
}

/** The message with other params, truly signed. */
async function signedWith(type: ServerMessageType, params: Record<string, unknown>): Promise<WireMessage> {
	// What is wrong about it is the point of the test.
	const changed = { ...MESSAGES[type], params: { ...MESSAGES[type].params, ...params } } as unknown as UnsignedMessage;
	return await signMessage(server, changed);
}

describe.each(TYPES)('a message of type %s', (type) => {
	const genuine = MESSAGES[type];

	it('is accepted as an object, as a JSON string, and with its params as a JSON string', async () => {
		const wire = await signMessage(server, genuine);
		for (const payload of [wire, JSON.stringify(wire), { ...wire, params: JSON.stringify(wire.params) }]) {
			expect(await verifyServerMessage(type, payload, trust)).toEqual({
				ok: true,
				value: { message: { ...genuine, signed: wire.signed }, digest: signedStringDigest(messageSignedString(genuine)) },
			});
		}
	});

	it('is the same whether its nonce is a number or text', async () => {
		const wire = await signMessage(server, genuine);
		const asNumber = await verifyServerMessage(type, { ...wire, nonce: Number(wire.nonce) }, trust);
		expect(asNumber).toEqual(await verifyServerMessage(type, wire, trust));
		expect(asNumber.ok).toBe(true);
	});

	it('is passed on without fields that nobody signed', async () => {
		const wire = await signMessage(server, genuine);
		const padded = { ...wire, extra: 1, type: 'other', params: { ...genuine.params, extra: 'x', amount: '1000000.00' } };
		const result = await verifyServerMessage(type, padded, trust);
		expect(result).toMatchObject({ ok: true });
		expect(result.ok && result.value.message).toEqual({ ...genuine, signed: wire.signed });
	});

	it('cannot set a prototype', async () => {
		const wire = await signMessage(server, genuine);
		const hostile = JSON.stringify(wire).replace('"params":{', '"__proto__":{"polluted":1},"params":{"__proto__":{"polluted":1},');
		expect(hostile).toContain('__proto__');
		const result = await verifyServerMessage(type, hostile, trust);
		expect(result.ok && result.value.message.params).toEqual(genuine.params);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	it('is not accepted with fields that are only inherited', async () => {
		const { __proto__: _, ...params }: Record<string, unknown> = { ...genuine.params };
		const wire = await signMessage(server, genuine);
		const text = JSON.stringify({ ...wire, params: undefined }).replace(/\}$/u, `,"__proto__":{"params":${JSON.stringify(params)}}}`);
		expect(await problemOf(type, text)).toBe('notAMessage');
	});

	it.each(['key', 'rcpt', 'nonce', 'params', 'signed'])('is no message without %s, or where that has another form', async (field) => {
		const wire = await signMessage(server, genuine);
		for (const value of [undefined, null, 7.5, true, [], [wire[field]], Number.NaN]) {
			expect(await problemOf(type, { ...wire, [field]: value })).toBe('notAMessage');
		}
	});

	it.each(Object.keys(genuine.params))('is no message without params.%s, or where that has another form', async (field) => {
		const wire = await signMessage(server, genuine);
		for (const value of [undefined, null, 7.5, true, [], {}, ['9120000001']]) {
			expect(await problemOf(type, { ...wire, params: { ...genuine.params, [field]: value } })).toBe('notAMessage');
		}
	});

	it('is refused from another key, to another key, and with another signature', async () => {
		const wire = await signMessage(server, genuine);
		const byStranger = await signMessage(stranger, { ...genuine, key: stranger.publicKey });
		const inOurName = await signMessage(stranger, genuine);
		const toStranger = await signMessage(server, { ...genuine, rcpt: stranger.publicKey });
		expect(await problemOf(type, byStranger)).toBe('anotherServerKey');
		expect(await problemOf(type, inOurName)).toBe('signature');
		expect(await problemOf(type, toStranger)).toBe('anotherRecipient');
		expect(await problemOf(type, { ...toStranger, rcpt: client.publicKey })).toBe('signature');
		expect(await problemOf(type, { ...wire, signed: '' })).toBe('signature');
		expect(await problemOf(type, { ...wire, signed: 'garbage' })).toBe('signature');
	});

	it('is refused as another type', async () => {
		const wire = await signMessage(server, genuine);
		for (const other of TYPES.filter((candidate) => candidate !== type)) expect(await problemOf(other, wire)).toBeDefined();
	});

	it('is refused where any signed field was changed', async () => {
		const wire = await signMessage(server, genuine);
		const changes = { nonce: '1429815032197', params: {} };
		expect(await problemOf(type, { ...wire, nonce: changes.nonce })).toBe('signature');
		for (const [field, value] of Object.entries(genuine.params)) {
			const changed = value.replace(/[0-9A-Za-z](?=[^0-9A-Za-z]*$)/u, (last) => (last === '1' ? '2' : /[0-9]/u.test(last) ? '1' : 'X'));
			expect(await problemOf(type, { ...wire, params: { ...genuine.params, [field]: changed } })).toMatch(/^(?:signature|notCanonical)$/u);
		}
	});

	it.each(['14298150321', '01429815032196', '14298150321960', '0', '-429815032196'])('is refused with the nonce %s, although it is signed', async (nonce) => {
		expect(await problemOf(type, await signMessage(server, { ...genuine, nonce }))).toBe('notCanonical');
	});
});

describe('a truly signed message in another form', () => {
	it.each([
		['transfer', { id: '04795' }],
		['transfer', { id: '' }],
		['transfer', { date: '2015-02-30' }],
		['transfer', { sendAccount: '912000000' }],
		['transfer', { receiveAccount: '91200000022' }],
		['transfer', { sendCurrency: 'usd' }],
		['transfer', { receiveCurrency: 'USDT' }],
		['transfer', { sendAmount: '150.005' }],
		['transfer', { sendAmount: '-150.00' }],
		['transfer', { receiveAmount: '150' }],
		['transfer', { narrative: '\uD83C' }],
		['account', { accountNumber: '9120000001 ' }],
		['account', { name: '\uDF89' }],
		['account', { currency: 'US' }],
		['account', { balance: '1e3.00' }],
		['account', { available: '0100.00' }],
		['error', { nonce: '4795' }],
		['error', { msg: 'half \uD83C' }],
	] as const)('is refused: %s %j', async (type, params) => {
		expect(await problemOf(type, await signedWith(type, params))).toBe('notCanonical');
	});

	it.each([
		['transfer', { narrative: '' }],
		['transfer', { narrative: 'Grüße, 世界 🎉\u0000\n' }],
		['transfer', { sendAmount: '0.00', receiveAmount: '0.00' }],
		['account', { balance: '-100.00' }],
		['account', { name: '' }],
		['error', { msg: '' }],
	] as const)('is accepted where the form is canonical: %s %j', async (type, params) => {
		expect(await problemOf(type, await signedWith(type, params))).toBeUndefined();
	});
});

describe('garbage', () => {
	it.each(['', 'garbage', '{', 'null', '[]', '"text"', '7', undefined, null, 7, true, [], [[]], () => 7, Symbol('message'), 7n])(
		'is no message: %p',
		async (payload) => {
			for (const type of TYPES) expect(await problemOf(type, payload)).toBe('notAMessage');
		},
	);

	it('of ten megabytes is no message', async () => {
		const tenMegabytes = 'x'.repeat(10_000_000);
		for (const payload of [tenMegabytes, `"${tenMegabytes}"`, `{"${tenMegabytes}":1}`, '['.repeat(10_000_000), { key: tenMegabytes }]) {
			expect(await problemOf('transfer', payload)).toBe('notAMessage');
		}
	});

	it('never makes the reader throw', async () => {
		await fc.assert(
			fc.asyncProperty(fc.constantFrom(...TYPES), fc.anything(), fc.anything(), async (type, anything, params) => {
				expect(readServerMessage(type, anything).ok).toBe(false);
				expect(await problemOf(type, { ...head, signed: 'AAAA', params })).toBeDefined();
			}),
		);
	});
});

describe('any valid message', () => {
	it('survives the wire unchanged', async () => {
		await fc.assert(
			fc.asyncProperty(validMessages(server.publicKey, client.publicKey), async (message) => {
				const wire = await signMessage(server, message);
				const result = await verifyServerMessage(message.type, JSON.stringify(wire), trust);
				expect(result.ok && result.value.message).toEqual({ ...message, signed: wire.signed });
			}),
			{ numRuns: 300 },
		);
	});
});

describe('isServerMessageType', () => {
	it.each(TYPES)('knows %s', (type) => expect(isServerMessageType(type)).toBe(true));
	it.each(['ack', 'err', 'auth', '', 'Transfer', '__proto__', 'constructor', 'toString'])('does not know %j', (type) => {
		expect(isServerMessageType(type)).toBe(false);
	});
});
