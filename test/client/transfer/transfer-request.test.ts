import fc from 'fast-check';
import { ValidationError } from '../../../client/errors';
import { readTransferRequest, type TransferRequest, transferParams } from '../../../client/transfer/transfer-request';
import { narrativeHasReference, narrativeWithReference } from '../../../client/transfer/reference';

const GOOD: TransferRequest = { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount: 150.1, narrative: 'Rent' };

function refusalOf(changes: Record<string, unknown>): ValidationError {
	try {
		// Users and programs without types put in anything.
		readTransferRequest({ ...GOOD, ...changes });
	} catch (error) {
		if (error instanceof ValidationError) return error;
		throw error;
	}
	throw new Error('It was expected to be refused');
}

describe('readTransferRequest', () => {
	it('reads what can be signed', () => {
		const transfer = readTransferRequest({ ...GOOD, accountNumber: ' 9120000001', currency: 'USD ', reference: 'INV-1' });
		expect(transfer).toMatchObject({ accountNumber: '9120000001', currency: 'USD', narrative: 'Rent', sentNarrative: 'Rent [INV-1]', reference: 'INV-1' });
		expect(transferParams(transfer)).toEqual({
			accountNumber: '9120000001',
			beneficiary: '9120000002',
			currency: 'USD',
			amount: 150.1,
			narrative: 'Rent [INV-1]',
		});
	});

	it.each(['Grüße, 世界', '🎉🎉🎉', '👨‍👩‍👧‍👦 and 🇵🇦', ' spaces around ', 'x', 'x'.repeat(1_000), 'مرحبا', '[brackets]'])('takes the narrative %j as it is', (narrative) => {
		expect(readTransferRequest({ ...GOOD, narrative }).sentNarrative).toBe(narrative);
	});

	it('takes an empty narrative where there is a reference', () => {
		expect(readTransferRequest({ ...GOOD, narrative: '', reference: 'INV-1' }).sentNarrative).toBe('[INV-1]');
	});

	it.each<[string, string, unknown, string]>([
		['amount', 'nothing', undefined, 'The amount is missing'],
		['amount', 'an empty text', '', 'The amount is missing'],
		['amount', 'zero', 0, 'The amount is not greater than zero'],
		['amount', 'a negative number', -1, 'The amount is not greater than zero'],
		['amount', 'three decimals', 1.005, 'The amount has more than two decimals'],
		['amount', 'a sum that is not exact', 0.1 + 0.2, 'The amount has more than two decimals'],
		['amount', 'a tiny number', 1e-7, 'The amount has more than two decimals'],
		['amount', 'a huge number', 1e21, 'The amount has more than 15 significant digits'],
		['amount', 'no number', Number.NaN, 'The amount is not a plain decimal number'],
		['amount', 'words', 'ten', 'The amount is not a plain decimal number'],
		['amount', 'full-width digits', '１５０', 'The amount is not a plain decimal number'],
		['accountNumber', 'nothing', undefined, 'The account number is not ten digits'],
		['accountNumber', 'nine digits', '912000000', 'The account number is not ten digits'],
		['accountNumber', 'eleven digits', '91200000011', 'The account number is not ten digits'],
		['accountNumber', 'a letter', '912000000O', 'The account number is not ten digits'],
		['accountNumber', 'full-width digits', '９１２０００００01', 'The account number is not ten digits'],
		['beneficiary', 'nothing', '', 'The beneficiary is not ten digits'],
		['beneficiary', 'the sender', '9120000001', 'The beneficiary is the sending account 9120000001 itself'],
		['currency', 'nothing', '', 'The currency is not three capital letters'],
		['currency', 'small letters', 'usd', 'The currency is not three capital letters'],
		['currency', 'a sign', '€', 'The currency is not three capital letters'],
		['currency', 'four letters', 'USDT', 'The currency is not three capital letters'],
		['narrative', 'nothing', undefined, 'The narrative is empty'],
		['narrative', 'an empty text', '', 'The narrative is empty'],
		['narrative', 'white space', '  ', 'The narrative is empty'],
		['narrative', '10,000 characters', 'x'.repeat(10_000), 'The narrative has 10000 characters'],
		['narrative', '1,001 characters', 'x'.repeat(1_001), 'The narrative has 1001 characters'],
		['narrative', 'a line break', 'two\nlines', 'The narrative contains control characters'],
		['narrative', 'a tab', 'two\tcolumns', 'The narrative contains control characters'],
		['narrative', 'a zero byte', 'zero\u0000', 'The narrative contains control characters'],
		['narrative', 'an escape sequence', '\u001b[31m', 'The narrative contains control characters'],
		['narrative', 'a C1 control', '\u0085', 'The narrative contains control characters'],
		['narrative', 'a line separator', 'a\u2028b', 'The narrative contains control characters'],
		['narrative', 'half an emoji', '🎉'.slice(0, 1), 'The narrative contains half of a character'],
		['reference', 'white space inside', 'INV 1', 'The reference is not 1 to 64 visible characters'],
		['reference', 'too much', 'x'.repeat(65), 'The reference is not 1 to 64 visible characters'],
		['reference', 'something invisible', 'INV\u200B1', 'The reference is not 1 to 64 visible characters'],
	])('refuses as %s %s', (field, _name, value, message) => {
		const error = refusalOf({ [field]: value });
		expect(error).toMatchObject({ field, message, outcome: 'notSent', details: { field } });
		expect(error.description).toMatch(/^[A-Z].*\.$/u);
	});

	it('never refuses in other ways than with a ValidationError', () => {
		const anything = fc.record({ accountNumber: fc.anything(), beneficiary: fc.anything(), currency: fc.anything(), amount: fc.anything(), narrative: fc.anything() });
		fc.assert(fc.property(anything, (changes) => refusalOf(changes).outcome === 'notSent'));
	});
});

describe('a reference in a narrative', () => {
	const reference = fc.stringMatching(/^[A-Za-z0-9[\]-]{1,20}$/u);

	it('is found again, whatever the narrative is', () => {
		fc.assert(fc.property(fc.string(), reference, (narrative, key) => narrativeHasReference(narrativeWithReference(narrative, key), key)));
	});

	it('is not found where another one was put, whatever the narrative is', () => {
		fc.assert(
			fc.property(fc.string(), reference, reference, (narrative, one, another) => {
				fc.pre(one !== another);
				return !narrativeHasReference(narrativeWithReference(narrative, one), another);
			}),
			{ numRuns: 1_000 },
		);
	});
});
