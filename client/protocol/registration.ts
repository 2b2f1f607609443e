/** An account that takes 1.00 with a public key as narrative, and thereby binds the sending account to that key. */
export interface RegistrationAccount {
	currency: string;
	accountNumber: string;
	accountName: string;
	address: string;
	country: string;
}

/** What is sent to a registration account; reimbursed when the currencies match. */
export const REGISTRATION_AMOUNT = '1.00';

const ACCOUNT_NUMBERS: Readonly<Record<string, string>> = {
	USD: '9120231592',
	EUR: '9120231638',
	GBP: '9120231677',
	CAD: '9120231625',
	JPY: '9120231773',
	CNY: '9120231746',
	AUD: '9120231731',
	PLN: '9120231707',
};

/** The currencies that have a registration account (section "Registering a key"). */
export const REGISTRATION_CURRENCIES: readonly string[] = Object.keys(ACCOUNT_NUMBERS);

export function registrationAccount(currency: string): RegistrationAccount | undefined {
	const accountNumber = Object.hasOwn(ACCOUNT_NUMBERS, currency) ? ACCOUNT_NUMBERS[currency] : undefined;
	if (accountNumber === undefined) return undefined;
	return { currency, accountNumber, accountName: 'CCAPI', address: 'Panama City', country: 'Panama' };
}
