import fc from 'fast-check';
import { REGISTRATION_AMOUNT, REGISTRATION_CURRENCIES, registrationAccount } from '../../../client/protocol';

/** The provider's table. */
const TABLE = {
	USD: '9120231592',
	EUR: '9120231638',
	GBP: '9120231677',
	CAD: '9120231625',
	JPY: '9120231773',
	CNY: '9120231746',
	AUD: '9120231731',
	PLN: '9120231707',
};

describe('the registration accounts', () => {
	it.each(Object.entries(TABLE))('%s is registered with account %s', (currency, accountNumber) => {
		expect(registrationAccount(currency)).toEqual({
			currency,
			accountNumber,
			accountName: 'CCAPI',
			address: 'Panama City',
			country: 'Panama',
		});
	});

	it('are these eight, for an amount of 1.00', () => {
		expect(REGISTRATION_CURRENCIES).toEqual(Object.keys(TABLE));
		expect(REGISTRATION_AMOUNT).toBe('1.00');
	});

	it('are no others', () => {
		const others = fc.oneof(fc.string(), fc.constantFrom('CHF', 'usd', ' USD', '__proto__', 'constructor', 'toString'));
		fc.assert(fc.property(others, (currency) => currency in TABLE || registrationAccount(currency) === undefined), {
			examples: [['CHF'], ['usd'], [' USD']],
		});
		for (const name of ['__proto__', 'constructor', 'toString']) expect(registrationAccount(name)).toBeUndefined();
	});
});
