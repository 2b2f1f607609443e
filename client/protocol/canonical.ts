/**
 * The one canonical form of each field (section "What a message must satisfy", rule 2).
 *
 * Signed strings join fields without separators. Because each of these forms has a fixed length or a self-evident end, a signed string
 * can be cut into canonical fields in one way only. Loosening any of them reopens the door to re-read messages.
 */
export interface CanonicalRules {
	nonce(text: string): boolean;
	id(text: string): boolean;
	date(text: string): boolean;
	accountNumber(text: string): boolean;
	currency(text: string): boolean;
	amount(text: string): boolean;
	balance(text: string): boolean;
	text(text: string): boolean;
}

const NONCE = /^[1-9][0-9]{12}$/u;
const ID = /^(?:0|[1-9][0-9]{0,29})$/u;
const DATE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/u;
const ACCOUNT_NUMBER = /^[0-9]{10}$/u;
const CURRENCY = /^[A-Z]{3}$/u;
const AMOUNT = /^(?:0|[1-9][0-9]{0,29})\.[0-9]{2}$/u;
const BALANCE = /^-?(?:0|[1-9][0-9]{0,29})\.[0-9]{2}$/u;
const LONE_SURROGATE = /\p{Surrogate}/u;

export const canonicalRules: CanonicalRules = {
	/** A 13 digit millisecond time. */
	nonce: (text) => NONCE.test(text),

	/** Digits without leading zeros. */
	id: (text) => ID.test(text),

	/** A day that exists, as `YYYY-MM-DD`. */
	date(text) {
		const parts = DATE.exec(text);
		if (!parts) return false;
		const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
		const date = new Date(0);
		date.setUTCFullYear(year, month - 1, day);
		return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
	},

	/** Ten digits. */
	accountNumber: (text) => ACCOUNT_NUMBER.test(text),

	/** Three capital letters. */
	currency: (text) => CURRENCY.test(text),

	/** Digits, a point and exactly two decimals, without leading zeros. */
	amount: (text) => AMOUNT.test(text),

	/** An amount that may be negative. */
	balance: (text) => BALANCE.test(text),

	/** Free text. A lone surrogate turns into U+FFFD when it is signed as UTF-8, so it would be a second reading of another text. */
	text: (text) => !LONE_SURROGATE.test(text),
};
