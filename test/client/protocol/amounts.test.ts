import fc from 'fast-check';
import { canonicalRules, formatMinorUnits, minorUnitsOf, readTransferAmount } from '../../../client/protocol';

// Property tests share the machine with other suites.
jest.setTimeout(60_000);

function problemOf(input: unknown): string | undefined {
	const amount = readTransferAmount(input);
	return amount.ok ? undefined : amount.problem;
}

describe('readTransferAmount', () => {
	it.each([
		[1, '1.00', '1'],
		['1.00', '1.00', '1'],
		[1.0, '1.00', '1'],
		[150.1, '150.10', '150.1'],
		['150.10', '150.10', '150.1'],
		['150.1', '150.10', '150.1'],
		[0.01, '0.01', '0.01'],
		['0.10', '0.10', '0.1'],
		['100', '100.00', '100'],
		[' 150.10\n', '150.10', '150.1'],
		[9999999999999.99, '9999999999999.99', '9999999999999.99'],
		['999999999999999', '999999999999999.00', '999999999999999'],
		['999999999999999.00', '999999999999999.00', '999999999999999'],
	])('reads %j as %s and signs it as %s', (input, text, wireText) => {
		expect(readTransferAmount(input)).toEqual({
			ok: true,
			value: { text, wireText, wireNumber: Number(text), minorUnits: BigInt(text.replace('.', '')) },
		});
	});

	it.each([
		['missing', undefined],
		['missing', null],
		['missing', ''],
		['notPositive', 0],
		['notPositive', -0],
		['notPositive', '0'],
		['notPositive', '0.00'],
		['notPositive', -1],
		['notPositive', '-1'],
		['notPositive', '-0.01'],
		['decimals', 1.005],
		['decimals', '1.005'],
		['decimals', '1.000'],
		['decimals', 0.1 + 0.2],
		['decimals', 1e-7],
		['decimals', 0.001],
		['tooLarge', 1e21],
		['tooLarge', '1e+21'],
		['tooLarge', 1e15],
		['tooLarge', Number.MAX_VALUE],
		['tooLarge', '1000000000000000'],
		['tooLarge', '99999999999999.99'],
		['tooLarge', Number.MAX_SAFE_INTEGER],
		['notANumber', Number.NaN],
		['notANumber', Number.POSITIVE_INFINITY],
		['notANumber', Number.NEGATIVE_INFINITY],
		['notANumber', 'NaN'],
		['notANumber', 'Infinity'],
		['notANumber', 'ten'],
		['notANumber', ' '],
		['notANumber', '0x10'],
		['notANumber', '0b1'],
		['notANumber', '1_000'],
		['notANumber', '1,000.00'],
		['notANumber', '150,10'],
		['notANumber', '1 000'],
		['notANumber', '+1'],
		['notANumber', '01'],
		['notANumber', '00.10'],
		['notANumber', '.5'],
		['notANumber', '5.'],
		['notANumber', '1e-7'],
		['notANumber', '1e21'],
		['notANumber', '１５０.１０'],
		['notANumber', '१५०'],
		['notANumber', '1.0.0'],
		['notANumber', '10 USD'],
		['notANumber', '€10'],
		['notANumber', 10n],
		['notANumber', true],
		['notANumber', [10]],
		['notANumber', { valueOf: () => 10 }],
	])('refuses for %s: %p', (problem, input) => {
		expect(problemOf(input)).toBe(problem);
	});

	it('keeps every value of up to 15 digits exactly, as text and as number', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }), (minorUnits) => {
				const text = formatMinorUnits(minorUnits);
				const fromText = readTransferAmount(text);
				if (!fromText.ok) throw new Error(fromText.problem);
				expect(fromText.value).toMatchObject({ text, minorUnits });
				// What goes over the wire as a JSON number is what was signed, and what it means is the same to the cent.
				expect(JSON.stringify(fromText.value.wireNumber)).toBe(fromText.value.wireText);
				expect(BigInt(Math.round(fromText.value.wireNumber * 100))).toBe(minorUnits);
				expect(readTransferAmount(fromText.value.wireNumber)).toEqual(fromText);
				expect(canonicalRules.amount(text)).toBe(true);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('never accepts a number that prints otherwise than it is signed', () => {
		fc.assert(
			fc.property(fc.double(), (number) => {
				const amount = readTransferAmount(number);
				if (!amount.ok) return true;
				return amount.value.wireText === String(number) && amount.value.wireNumber === number;
			}),
			{ numRuns: 2_000 },
		);
	});

	it('never rounds: what it accepts has at most two decimals as it stands', () => {
		fc.assert(
			fc.property(fc.nat({ max: 10 ** 9 }), fc.integer({ min: 0, max: 6 }), (digits, decimals) => {
				const text = (digits / 10 ** decimals).toFixed(decimals);
				const accepted = readTransferAmount(text).ok;
				return accepted === (decimals <= 2 && digits > 0);
			}),
		);
	});

	it('never throws, whatever it is given', () => {
		fc.assert(fc.property(fc.anything(), (input) => typeof readTransferAmount(input).ok === 'boolean'));
	});
});

describe('minor units', () => {
	it.each([
		[0n, '0.00'],
		[1n, '0.01'],
		[-1n, '-0.01'],
		[99n, '0.99'],
		[-1250n, '-12.50'],
		[1500n, '15.00'],
		[10n ** 30n, '10000000000000000000000000000.00'],
	])('%d is %s', (minorUnits, text) => {
		expect(formatMinorUnits(minorUnits)).toBe(text);
		expect(minorUnitsOf(text)).toBe(minorUnits);
	});

	it('have one canonical text', () => {
		fc.assert(
			fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (minorUnits) => {
				const text = formatMinorUnits(minorUnits);
				return canonicalRules.balance(text) && minorUnitsOf(text) === minorUnits;
			}),
		);
	});
});
