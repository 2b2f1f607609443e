import { minorUnitsOf } from '../../client/protocol';
import { CURRENCIES } from '../../sandbox';
import { Bank } from '../../sandbox/bank/bank';
import { BankError } from '../../sandbox/bank/bank-error';
import { newKeyPair } from './customer';

const NOW = Date.UTC(2026, 1, 28, 23, 59, 59, 999);

let bank: Bank;

beforeEach(() => {
	bank = new Bank({ clock: () => NOW });
});

afterEach(() => bank.close());

const reasonOf = (action: () => unknown) => {
	try {
		action();
	} catch (error) {
		return error instanceof BankError ? error.reason : error;
	}
	return undefined;
};

it.each(CURRENCIES)('keeps accounts in %s, opened with money from the cash desk', (currency) => {
	const { accountNumber } = bank.openAccount({ currency, openingBalance: '10.5' });
	expect(bank.balance(accountNumber)).toBe('10.50');
	expect(bank.transactions).toEqual([
		{
			id: '1001',
			date: '2026-02-28',
			time: NOW,
			sendAccount: bank.cashDesk(currency),
			receiveAccount: accountNumber,
			sendCurrency: currency,
			receiveCurrency: currency,
			sendAmount: '10.50',
			receiveAmount: '10.50',
			narrative: 'Opening balance',
		},
	]);
});

it('neither makes nor loses money', () => {
	const accounts = ['100.00', '33.33', '0.01'].map((openingBalance) => bank.openAccount({ currency: 'USD', openingBalance }).accountNumber);
	const [first = '', second = '', third = ''] = accounts;
	for (const [from, to, amount] of [[first, second, '99.99'], [second, third, '133.32'], [third, first, '0.02']] as const) {
		bank.bankingSiteTransfer({ from, to, amount, narrative: '' });
	}
	expect(accounts.map((number) => bank.balance(number))).toEqual(['0.03', '0.00', '133.31']);
	const sum = bank.accounts.reduce((total, { accountNumber }) => total + minorUnitsOf(bank.balance(accountNumber)), 0n);
	expect(sum).toBe(0n);
});

it('counts beyond what a float could', () => {
	const { accountNumber } = bank.openAccount({ currency: 'JPY', openingBalance: '9999999999999.99' });
	for (let index = 0; index < 3; index++) {
		bank.bankingSiteTransfer({ from: bank.cashDesk('JPY'), to: accountNumber, amount: '9999999999999.99', narrative: '' });
	}
	expect(bank.balance(accountNumber)).toBe('39999999999999.96');
});

it('exchanges, rounding down', () => {
	const { accountNumber: usd } = bank.openAccount({ currency: 'USD', openingBalance: '100.00' });
	const { accountNumber: jpy } = bank.openAccount({ currency: 'JPY' });
	expect(bank.bankingSiteTransfer({ from: usd, to: jpy, amount: '1.00', narrative: '' })).toMatchObject({
		sendAmount: '1.00',
		receiveAmount: '142.85',
	});
});

it.each([
	['an unknown currency', { currency: 'XAU' }, 'currency'],
	['a number that is taken', { currency: 'USD', accountNumber: '9120231592' }, 'accountExists'],
	['a number of another form', { currency: 'USD', accountNumber: '12' }, 'accountNumber'],
	['an impossible balance', { currency: 'USD', openingBalance: '-1' }, 'amount'],
	['what is no key', { currency: 'USD', publicKeys: ['key'] }, 'publicKey'],
])('opens no account with %s', (_what, request, reason) => {
	expect(reasonOf(() => bank.openAccount(request))).toBe(reason);
	expect(bank.transactions).toEqual([]);
});

it('gives every account a number of its own', () => {
	bank.openAccount({ currency: 'USD', accountNumber: '9130000001' });
	const numbers = [1, 2, 3].map(() => bank.openAccount({ currency: 'USD' }).accountNumber);
	expect(new Set([...numbers, '9130000001']).size).toBe(4);
});

describe('registration', () => {
	const { publicKey } = newKeyPair();
	let usd: string;

	beforeEach(() => {
		usd = bank.openAccount({ currency: 'USD', openingBalance: '5.00' }).accountNumber;
	});

	it('reimburses within one currency', () => {
		bank.registerKey(usd, publicKey);
		expect(bank.account(usd).keys).toEqual(new Set([publicKey]));
		expect(bank.balance(usd)).toBe('5.00');
		expect(bank.transactions).toHaveLength(3);
	});

	it('registers, but does not reimburse, across currencies', () => {
		bank.bankingSiteTransfer({ from: usd, to: bank.registrationAccount('EUR'), amount: '1.00', narrative: publicKey });
		expect(bank.isRegistered(publicKey)).toBe(true);
		expect(bank.balance(usd)).toBe('4.00');
	});

	it.each([
		['another amount', '1.01', publicKey],
		['another narrative', '1.00', 'hello'],
	])('registers nothing for %s', (_what, amount, narrative) => {
		bank.bankingSiteTransfer({ from: usd, to: bank.registrationAccount('USD'), amount, narrative });
		expect(bank.account(usd).keys.size).toBe(0);
	});

	it('needs the 1.00, and a key', () => {
		const empty = bank.openAccount({ currency: 'USD' }).accountNumber;
		expect(reasonOf(() => bank.registerKey(empty, publicKey))).toBe('insufficientFunds');
		expect(reasonOf(() => bank.registerKey(usd, 'no key'))).toBe('publicKey');
		expect(bank.isRegistered(publicKey)).toBe(false);
	});
});
