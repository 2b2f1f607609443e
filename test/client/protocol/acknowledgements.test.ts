import fc from 'fast-check';
import { printable, readAcknowledgement } from '../../../client/protocol';

const NONCE = 1429815032196;

describe('readAcknowledgement', () => {
	it.each([{ nonce: NONCE }, { nonce: String(NONCE) }, { nonce: NONCE, anything: 'else' }])('reads %j as an object and as a string', (message) => {
		expect(readAcknowledgement('ack', message)).toEqual({ accepted: true, nonce: NONCE });
		expect(readAcknowledgement('ack', JSON.stringify(message))).toEqual({ accepted: true, nonce: NONCE });
		expect(readAcknowledgement('err', message)).toEqual({ accepted: false, nonce: NONCE });
	});

	it.each(['msg', 'message', 'error', 'reason'])('finds the reason under %s', (field) => {
		expect(readAcknowledgement('err', { nonce: NONCE, [field]: 'Nonce too low' })).toEqual({
			accepted: false,
			nonce: NONCE,
			reason: 'Nonce too low',
		});
	});

	it.each([{ msg: '' }, { msg: '  ' }, { msg: 7 }, { msg: null }, { msg: {} }, { error: true }])('takes %j for no reason', (fields) => {
		expect(readAcknowledgement('err', { nonce: NONCE, ...fields })).toEqual({ accepted: false, nonce: NONCE });
	});

	it('takes the first field that has words', () => {
		expect(readAcknowledgement('err', { nonce: NONCE, msg: '', error: 'words' })).toMatchObject({ reason: 'words' });
	});

	it.each([
		undefined,
		null,
		'',
		'garbage',
		'null',
		'[]',
		'7',
		[],
		7,
		{},
		{ nonce: null },
		{ nonce: 'soon' },
		{ nonce: 1.5 },
		{ nonce: {} },
		{ nonce: [1, 2] },
		{ nonce: 2 ** 53 },
		{ nonce: '1e400' },
	])('gives nothing for %j', (payload) => {
		expect(readAcknowledgement('ack', payload)).toBeUndefined();
	});

	it('never throws', () => {
		fc.assert(fc.property(fc.anything(), (payload) => readAcknowledgement('err', payload)?.accepted !== true));
	});
});

describe('printable', () => {
	it.each([
		['Insufficient funds', 'Insufficient funds'],
		['  two\r\n\tlines ', 'two lines'],
		['zero\u0000byte and \u001b[31mred', 'zero byte and [31mred'],
		['right\u202Eto left', 'right to left'],
		['lone \uD83C half', 'lone half'],
		['', ''],
	])('makes of %j the line %j', (text, line) => {
		expect(printable(text)).toBe(line);
	});

	it('gives one short line without anything invisible but spaces, whatever it is given', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
				const line = printable(text);
				return line.length <= 201 && !/[\p{C}\p{Z}]/u.test(line.replaceAll(' ', ''));
			}),
		);
	});

	it('looks at no more than it needs of a text of ten megabytes', () => {
		expect(printable('x'.repeat(10_000_000))).toBe(`${'x'.repeat(200)}…`);
	});

	it('never cuts a character in two', () => {
		for (const shift of ['', 'x']) expect(printable(shift + '🎉'.repeat(1_000))).not.toMatch(/\p{Surrogate}/u);
	});
});
