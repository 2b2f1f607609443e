import type { UnsignedMessage } from '../wire/server-identity';

type Unsigned = UnsignedMessage & { nonce: string };
type Change = (message: Unsigned) => Unsigned | undefined;

/** Fields in forms that they must not have. Each leaves messages alone that have no such field. */
const NON_CANONICAL = {
	shortNonce: (message) => ({ ...message, nonce: message.nonce.slice(0, -1) }),
	longNonce: (message) => ({ ...message, nonce: `${message.nonce}0` }),
	leadingZeroId: changed('id', (id) => `0${id}`),
	signedId: changed('id', (id) => `-${id}`),
	impossibleDate: changed('date', (date) => `${date.slice(0, 4)}-02-30`),
	shortDate: changed('date', (date) => date.replaceAll('-', '')),
	shortAccount: changed('sendAccount', (accountNumber) => accountNumber.slice(1)),
	spacedAccount: changed('receiveAccount', (accountNumber) => `${accountNumber} `),
	smallCurrency: changed('receiveCurrency', (currency) => currency.toLowerCase()),
	threeDecimals: changed('receiveAmount', (amount) => `${amount}0`),
	noDecimals: changed('receiveAmount', (amount) => amount.slice(0, -3)),
	exponentAmount: changed('receiveAmount', (amount) => `${amount.slice(0, -3)}e0`),
	negativeAmount: changed('receiveAmount', (amount) => `-${amount}`),
	leadingZeroAmount: changed('sendAmount', (amount) => `0${amount}`),
	groupedBalance: changed('balance', (balance) => `1,${balance}`),
	shortErrorNonce: changed('nonce', (nonce) => nonce.slice(1)),
	loneSurrogate: (message) =>
		changed('narrative', (narrative) => `${narrative}\ud800`)(message) ??
		changed('name', (name) => `${name}\ud800`)(message) ??
		changed('msg', (words) => `${words}\ud800`)(message),
} as const satisfies Readonly<Record<string, Change>>;

export type NonCanonicalVariant = keyof typeof NON_CANONICAL;

export const NON_CANONICAL_VARIANTS = Object.keys(NON_CANONICAL) as NonCanonicalVariant[];

export function nonCanonical(message: Unsigned, variant: NonCanonicalVariant | 'all'): Unsigned[] {
	const variants = variant === 'all' ? NON_CANONICAL_VARIANTS : [variant];
	return variants.flatMap((name) => NON_CANONICAL[name](message) ?? []);
}

function changed(field: string, change: (value: string) => string): Change {
	return (message) => {
		const params = message.params as Readonly<Record<string, string>>;
		const value = params[field];
		if (value === undefined) return undefined;
		// What comes out has the fields of its type and not their forms: that is the point of it.
		return { ...message, params: { ...params, [field]: change(value) } } as unknown as Unsigned;
	};
}
