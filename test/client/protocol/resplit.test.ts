import fc from 'fast-check';
import {
	canonicalRules,
	type CanonicalRules,
	messageSignedString,
	MESSAGE_FIELDS,
	type ServerMessageType,
	verifyServerMessage,
} from '../../../client/protocol';
import { namedKey, signMessage, type UnsignedMessage } from '../keys';
import { validMessages } from './arbitraries';
import { cuts, fieldsOf, movedBoundaries, type Reading, textOf } from './resplit';

const server = namedKey('the server');
const client = namedKey('the client');
const trust = { serverKey: server.verifying, recipient: client.publicKey };
// Signing and verifying share the machine with other suites.
jest.setTimeout(60_000);

const TYPES = Object.keys(MESSAGE_FIELDS) as ServerMessageType[];

/** Whether a reading is accepted with a genuine signature of the string that it is a reading of. */
async function isAccepted(reading: Reading, signed: unknown, rules?: CanonicalRules): Promise<boolean> {
	const { type, fields } = reading;
	const { key, rcpt, nonce, ...params } = fields;
	// An error has a nonce of its own inside.
	const own = 'params.nonce' in params ? { nonce: params['params.nonce'], msg: params.msg } : params;
	return (await verifyServerMessage(type, { key, rcpt, nonce, params: own, signed }, trust, rules)).ok;
}

async function signatureOf(message: UnsignedMessage): Promise<unknown> {
	return (await signMessage(server, message)).signed;
}

describe('another way to cut a valid message’s signed string', () => {
	it('never is a message in canonical form: of all ways, only one is', () => {
		fc.assert(
			fc.property(validMessages(server.publicKey, client.publicKey), (message) => {
				const own = fieldsOf(message);
				expect(cuts(message, canonicalRules)).toEqual([own]);
			}),
			{ numRuns: 500 },
		);
	});

	it('is not accepted where any boundaries were moved, those of key, rcpt and nonce included', async () => {
		await fc.assert(
			fc.asyncProperty(validMessages(server.publicKey, client.publicKey), fc.infiniteStream(fc.nat()), async (message, choices) => {
				const signed = await signatureOf(message);
				const own = fieldsOf(message);
				expect(await isAccepted(own, signed)).toBe(true);
				for (const reading of movedBoundaries(own, choices)) {
					if (textOf(reading) !== messageSignedString(message)) throw new Error('This is no reading of the same string');
					if (await isAccepted(reading, signed)) throw new Error(`Accepted as ${JSON.stringify(reading.fields)}`);
				}
			}),
			{ numRuns: 40 },
		);
	});

	it('is not accepted as a message of another type', async () => {
		await fc.assert(
			fc.asyncProperty(validMessages(server.publicKey, client.publicKey), async (message) => {
				const wire = await signMessage(server, message);
				for (const type of TYPES.filter((candidate) => candidate !== message.type)) {
					expect((await verifyServerMessage(type, wire, trust)).ok).toBe(false);
					expect(cuts({ ...message, type }, canonicalRules, messageSignedString(message))).toEqual([]);
				}
			}),
		);
	});

	it('is not accepted with half a character where the signed bytes say U+FFFD', async () => {
		const message: UnsignedMessage = { type: 'error', key: server.publicKey, rcpt: client.publicKey, nonce: '1429815032196', params: { nonce: '1429815032100', msg: 'a\uFFFDb' } };
		const signed = await signatureOf(message);
		for (const half of ['\uD83C', '\uDF89']) {
			const reading = { ...fieldsOf(message), fields: { ...fieldsOf(message).fields, msg: `a${half}b` } };
			expect(await isAccepted(reading, signed)).toBe(false);
			// The bytes are the same, so nothing but the rule of text refuses it.
			expect(await isAccepted(reading, signed, { ...canonicalRules, text: () => true })).toBe(true);
		}
	});
});

/** What a sender may write so that the fields around it can be read in two ways. */
const transfer: UnsignedMessage = {
	type: 'transfer',
	key: server.publicKey,
	rcpt: client.publicKey,
	nonce: '1429815032196',
	params: {
		id: '4795',
		date: '2015-04-23',
		sendAccount: '9120000001',
		receiveAccount: '9120000002',
		sendCurrency: 'USD',
		receiveCurrency: 'USD',
		sendAmount: '150.00',
		receiveAmount: '150.00',
		narrative: '5 for 792015-04-2391200000039120000004EUREUR999.00999.00',
	},
};
const account: UnsignedMessage = {
	type: 'account',
	key: server.publicKey,
	rcpt: client.publicKey,
	nonce: '1429815032196',
	params: { accountNumber: '9120000001', name: '5EUR9.00', currency: 'USD', balance: '100.00', available: '20.00' },
};
const error: UnsignedMessage = {
	type: 'error',
	key: server.publicKey,
	rcpt: client.publicKey,
	nonce: '1429815032196',
	params: { nonce: '1429815032100', msg: '5 is missing' },
};

/** Signed once by the server, and read in another way as soon as a rule is missing or looser. */
async function acceptedReadings(message: UnsignedMessage, rules: Partial<CanonicalRules>): Promise<Reading[]> {
	const loose = { ...canonicalRules, ...rules };
	const signed = await signatureOf(message);
	const others = cuts(message, loose).filter((reading) => JSON.stringify(reading) !== JSON.stringify(fieldsOf(message)));
	const accepted: Reading[] = [];
	// One accepted reading is enough to show the hole.
	for (const reading of others) if (accepted.length === 0 && (await isAccepted(reading, signed, loose))) accepted.push(reading);
	return accepted;
}

describe('the rules that carry the load', () => {
	it.each(Object.entries({ transfer, account, error }))('leave only one way to read this %s', async (_type, message) => {
		expect(await acceptedReadings(message, {})).toEqual([]);
	});

	it.each<[keyof CanonicalRules, UnsignedMessage]>([
		['nonce', transfer],
		['nonce', error],
		['id', transfer],
		['date', transfer],
		['accountNumber', transfer],
		['accountNumber', account],
		['currency', transfer],
		['currency', account],
		['amount', transfer],
		['balance', account],
	])('%s: without it, another way to cut is accepted (%#)', async (rule, message) => {
		expect(await acceptedReadings(message, { [rule]: () => true })).not.toEqual([]);
	});

	it.each<[string, UnsignedMessage, Partial<CanonicalRules>]>([
		['a nonce of any length', transfer, { nonce: (text) => /^[1-9][0-9]*$/u.test(text) }],
		['a nonce of any length', error, { nonce: (text) => /^[1-9][0-9]*$/u.test(text) }],
		['a year of any length', transfer, { date: (text) => /^[0-9]+-[0-9]{2}-[0-9]{2}$/u.test(text) }],
		['a day of one digit', transfer, { date: (text) => /^[0-9]{4}-[0-9]{2}-[0-9]{1,2}$/u.test(text), accountNumber: (text) => /^[0-9]{9,11}$/u.test(text) }],
		['account numbers of any length', transfer, { accountNumber: (text) => /^[0-9]+$/u.test(text) }],
		['account numbers of any length', account, { accountNumber: (text) => /^[0-9]+$/u.test(text) }],
		['currencies of two to four letters', transfer, { currency: (text) => /^[A-Z]{2,4}$/u.test(text) }],
		['amounts with any number of decimals', transfer, { amount: (text) => /^(?:0|[1-9][0-9]*)\.[0-9]+$/u.test(text) }],
		['balances with any number of decimals', account, { balance: (text) => /^-?(?:0|[1-9][0-9]*)\.[0-9]+$/u.test(text) }],
		['an id that may be anything', transfer, { id: () => true }],
	])('%s already lets another way to cut be accepted (%#)', async (_name, message, rules) => {
		expect(await acceptedReadings(message, rules)).not.toEqual([]);
	});

	/** These give a field one spelling. The cut does not depend on them, and a test that says so keeps anybody from relying on them. */
	it.each<[string, Partial<CanonicalRules>]>([
		['leading zeros of an id', { id: (text) => /^[0-9]+$/u.test(text) }],
		['leading zeros of amounts', { amount: (text) => /^[0-9]+\.[0-9]{2}$/u.test(text), balance: (text) => /^-?[0-9]+\.[0-9]{2}$/u.test(text) }],
		['days that do not exist', { date: (text) => /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/u.test(text) }],
		['a nonce that begins with a zero', { nonce: (text) => /^[0-9]{13}$/u.test(text) }],
	])('do not include %s', (_name, rules) => {
		fc.assert(
			fc.property(validMessages(server.publicKey, client.publicKey), (message) => {
				expect(cuts(message, { ...canonicalRules, ...rules })).toHaveLength(1);
			}),
			{ numRuns: 200 },
		);
	});
});
