import fc from 'fast-check';
import type { UnsignedMessage } from '../keys';

const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`, 'u'));
const nonce = fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }).map(String);
const id = fc.oneof(fc.nat().map(String), fc.bigInt({ min: 1n, max: 10n ** 30n - 1n }).map(String));
const date = fc
	.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T00:00:00Z'), noInvalidDate: true })
	.map((day) => day.toISOString().slice(0, 10));
const currency = fc.stringMatching(/^[A-Z]{3}$/u);
const cents = fc.oneof(fc.nat({ max: 200 }).map(BigInt), fc.bigInt({ min: 0n, max: 10n ** 15n }));
const amount = cents.map((value) => `${value / 100n}.${String(value % 100n).padStart(2, '0')}`);
const balance = fc.tuple(fc.boolean(), amount).map(([negative, text]) => (negative ? `-${text}` : text));

/** Whole pieces of signed strings: whoever writes a narrative may imitate the fields around it. */
const imitation = fc.oneof(
	digits(10),
	digits(13),
	date,
	currency,
	amount,
	balance,
	id,
	fc.tuple(currency, balance, balance).map((fields) => fields.join('')),
	fc.tuple(id, date, digits(10), digits(10), currency, currency, amount, amount).map((fields) => fields.join('')),
);
const character = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 5 }), fc.constantFrom('\uFFFD', '.', '-', '0', '5', 'A', ' '));
const text = fc.array(fc.oneof(imitation, character), { maxLength: 4 }).map((pieces) => pieces.join(''));

const transferParams = fc.record({
	id,
	date,
	sendAccount: digits(10),
	receiveAccount: digits(10),
	sendCurrency: currency,
	receiveCurrency: currency,
	sendAmount: amount,
	receiveAmount: amount,
	narrative: text,
});
const accountParams = fc.record({ accountNumber: digits(10), name: text, currency, balance, available: balance });
const errorParams = fc.record({ nonce, msg: text });

/** Random valid messages of all three types, from one server to one recipient. */
export function validMessages(key: string, rcpt: string): fc.Arbitrary<UnsignedMessage> {
	return fc.oneof(
		fc.tuple(nonce, transferParams).map(([own, params]): UnsignedMessage => ({ type: 'transfer', key, rcpt, nonce: own, params })),
		fc.tuple(nonce, accountParams).map(([own, params]): UnsignedMessage => ({ type: 'account', key, rcpt, nonce: own, params })),
		fc.tuple(nonce, errorParams).map(([own, params]): UnsignedMessage => ({ type: 'error', key, rcpt, nonce: own, params })),
	);
}
