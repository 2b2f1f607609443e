import fc from 'fast-check';
import {
	messageSignedString,
	operationMessage,
	operationSignedString,
	type OperationRequest,
	type ServerMessage,
	verifyServerMessage,
} from '../../../client/protocol';
import { namedKey } from '../keys';
import vectors from './vectors/vectors.json';

const NONCE = 1429815032196;

describe('the signed string of an operation', () => {
	it.each(vectors.operations)('is what the protocol says: $operation', ({ signedString, signatures: _, ...vector }) => {
		// The vectors are data, and so typed by their form alone.
		expect(operationSignedString(vector as OperationRequest, vectors.client.publicKey, vector.nonce)).toBe(signedString);
	});

	it.each([
		[1.0, '1'],
		[150.1, '150.1'],
		[150.0, '150'],
		[0.01, '0.01'],
		[0.1, '0.1'],
		[9999999999999.99, '9999999999999.99'],
		[999999999999999, '999999999999999'],
	])('has the amount %d as JavaScript prints it', (amount, printed) => {
		const params = { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount, narrative: 'x' };
		expect(operationSignedString({ operation: 'transfer', params }, 'KEY', NONCE)).toBe(
			`TRANSFERKEY142981503219691200000019120000002USD${printed}`,
		);
	});

	it('does not depend on the narrative or the filter', () => {
		const params = { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount: 1 };
		fc.assert(
			fc.property(fc.string(), fc.string(), (one, another) => {
				const sign = (narrative: string) =>
					operationSignedString({ operation: 'transfer', params: { ...params, narrative } }, 'KEY', NONCE);
				expect(sign(one)).toBe(sign(another));
			}),
		);
		const account = { accountNumber: '9120000001', accountId: '9120000001' };
		for (const filter of [{ limit: '10' }, { transactionId: '4795' }, { fromTime: '1429815032' }]) {
			expect(operationSignedString({ operation: 'statement', params: { ...account, ...filter } }, 'KEY', NONCE)).toBe(
				'STATEMENTKEY14298150321969120000001',
			);
		}
	});
});

describe('the message of an operation', () => {
	it('has the fields of the protocol, and the amount as a JSON number', () => {
		const params = { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount: 150.1, narrative: 'x' };
		expect(JSON.stringify(operationMessage({ operation: 'transfer', params }, 'KEY', NONCE, 'SIGNATURE'))).toBe(
			'{"apiVersion":2,"key":"KEY","nonce":1429815032196,"signed":"SIGNATURE","params":{"accountNumber":"9120000001","beneficiary":"9120000002","currency":"USD","amount":150.1,"narrative":"x"}}',
		);
	});

	it('leaves params out of auth', () => {
		expect(operationMessage({ operation: 'auth' }, 'KEY', NONCE, 'SIGNATURE')).toEqual({
			apiVersion: 2,
			key: 'KEY',
			nonce: NONCE,
			signed: 'SIGNATURE',
		});
	});
});

describe('the signed string of a message', () => {
	const server = namedKey('vectors: the server');

	it.each(vectors.messages)('is what the protocol says: $type', ({ signedString, signatures: _, ...vector }) => {
		// A message's nonce is text once it was read.
		const message = { ...vector, nonce: String(vector.nonce) } as unknown as Omit<ServerMessage, 'signed'>;
		expect(messageSignedString(message)).toBe(signedString);
	});

	it('has rcpt before nonce in a transfer, and after it in the other two', () => {
		const head = { key: 'KEY', rcpt: 'RCPT', nonce: 'NONCE' };
		const error: Omit<ServerMessage, 'signed'> = { type: 'error', ...head, params: { nonce: 'THEIRS', msg: 'MSG' } };
		expect(messageSignedString(error)).toBe('ERRORKEYNONCERCPTTHEIRSMSG');
		const account = { accountNumber: 'A', name: 'B', currency: 'C', balance: 'D', available: 'E' };
		expect(messageSignedString({ type: 'account', ...head, params: account })).toBe('ACCOUNTKEYNONCERCPTABCDE');
		const transfer = {
			id: 'A',
			date: 'B',
			sendAccount: 'C',
			receiveAccount: 'D',
			sendCurrency: 'E',
			receiveCurrency: 'F',
			sendAmount: 'G',
			receiveAmount: 'H',
			narrative: 'I',
		};
		expect(messageSignedString({ type: 'transfer', ...head, params: transfer })).toBe('TRANSFERKEYRCPTNONCEABCDEFGHI');
	});

	it.each(
		vectors.messages.flatMap(({ signatures, ...vector }) =>
			Object.entries(signatures).map(([encoding, signed]) => ({ encoding, ...vector, signed })),
		),
	)('is accepted with the signature that others made: $type, $encoding', async ({ type, encoding: _, signedString: __, ...wire }) => {
		const trust = { serverKey: server.verifying, recipient: vectors.client.publicKey };
		const accepted = await verifyServerMessage(type as ServerMessage['type'], JSON.stringify(wire), trust);
		expect(accepted).toMatchObject({ ok: true, value: { message: { type, params: wire.params } } });
	});
});
