import { registrationAccount, REGISTRATION_CURRENCIES } from '../../client/protocol';

/** Who an account belongs to: only the bank's own accounts may be overdrawn, because they stand for everything outside the sandbox. */
export type AccountKind = 'customer' | 'registration' | 'cashDesk';

export interface Account {
	readonly accountNumber: string;
	readonly name: string;
	readonly currency: string;
	readonly kind: AccountKind;
	/** The public keys that may use this account over the API, and that are told about its transfers. */
	readonly keys: ReadonlySet<string>;
}

export interface NewAccount {
	currency: string;
	name?: string;
	/** Ten digits; the next free number where left out. */
	accountNumber?: string;
	/** A decimal with at most two decimals. It comes from the bank's cash desk, as an entry in the ledger. */
	openingBalance?: string;
	/** Keys that are bound from the start, without the 1.00 transfer. */
	publicKeys?: readonly string[];
}

/** The currencies that the API's registration accounts exist in, and so the ones this bank keeps. */
export const CURRENCIES = REGISTRATION_CURRENCIES;

const FIRST_CASH_DESK = 9_100_000_001;

/** The bank's own accounts: for each currency the documented registration account and a cash desk, where all money comes from. */
export function houseAccounts(): Account[] {
	return CURRENCIES.flatMap((currency, index) => {
		const registration = registrationAccount(currency);
		if (!registration) throw new Error(`There is no registration account for ${currency}`);
		return [
			account(String(FIRST_CASH_DESK + index), `Cash desk ${currency}`, currency, 'cashDesk'),
			account(registration.accountNumber, registration.accountName, currency, 'registration'),
		];
	});
}

export function account(
	accountNumber: string,
	name: string,
	currency: string,
	kind: AccountKind,
	keys: readonly string[] = [],
): Account {
	return { accountNumber, name, currency, kind, keys: new Set(keys) };
}
