import fc from 'fast-check';
import { canonicalRules, type CanonicalRules } from '../../../client/protocol';

const FORMS: Readonly<Record<keyof CanonicalRules, { canonical: readonly string[]; others: readonly string[] }>> = {
	nonce: {
		canonical: ['1429815032196', '1000000000000', '9999999999999'],
		others: ['', '142981503219', '14298150321960', '0429815032196', '1429815032.96', '-429815032196', '１４２９８１５０３２１９６', '1429815032196\n', '1.42981503e12'],
	},
	id: {
		canonical: ['0', '1', '4795', '9'.repeat(30)],
		others: ['', '00', '04795', '-1', '+1', '4795.0', '47 95', ' 4795', '4795\n', '٤٧٩٥', '1'.repeat(31), '0x1'],
	},
	date: {
		canonical: ['2015-04-23', '2024-02-29', '2000-02-29', '1999-12-31', '0001-01-01'],
		others: ['', '2015-4-23', '15-04-23', '2015-04-31', '2015-02-29', '1900-02-29', '2015-00-10', '2015-13-01', '2015-01-00', '2015-01-32', '2015/04/23', '23-04-2015', '12015-04-23', '2015-04-23T00:00:00Z', '2015-04-23\n', '２０１５-04-23'],
	},
	accountNumber: {
		canonical: ['9120000001', '0000000000'],
		others: ['', '912000000', '91200000012', '912000000a', ' 9120000001', '9120000001 ', '9120000001\n', '９１２０００００01', '-912000000'],
	},
	currency: {
		canonical: ['USD', 'PLN', 'XXX'],
		others: ['', 'US', 'USDT', 'usd', 'Usd', 'US1', 'ÜSD', 'USD\n', ' USD', 'ＵＳＤ'],
	},
	amount: {
		canonical: ['0.00', '0.01', '150.00', '12345678901234567890.12'],
		others: ['', '150', '150.', '150.0', '150.000', '150.005', '0150.00', '00.00', '.50', '-1.00', '+1.00', '1e2.00', '1,000.00', '150.00\n', ' 150.00', '１５０.００'],
	},
	balance: {
		canonical: ['0.00', '100.00', '-0.01', '-100.00'],
		others: ['', '-', '--1.00', '+1.00', '-100', '100.0', '100.001', '-0100.00', '- 1.00', '−1.00', '100.00\n'],
	},
	text: {
		canonical: ['', ' ', 'Current Account', 'Grüße, 世界 🎉', '\uFFFD', '\u0000', '\u202E', 'line\nbreak', 'x'.repeat(10_000)],
		others: ['\uD83C', '\uDF89', 'a\uD83Cb', '\uDF89\uD83C', '🎉\uD83C'],
	},
};

describe.each(Object.entries(FORMS) as Array<[keyof CanonicalRules, (typeof FORMS)['id']]>)('the canonical form of %s', (rule, { canonical, others }) => {
	it.each(canonical)('is %j', (text) => {
		expect(canonicalRules[rule](text)).toBe(true);
	});

	it.each(others)('is not %j', (text) => {
		expect(canonicalRules[rule](text)).toBe(false);
	});
});

describe('the canonical form', () => {
	it('of a date is that of every day that exists, and of no other', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 9999 }), fc.nat({ max: 19 }), fc.nat({ max: 39 }), (year, month, day) => {
				const text = [String(year).padStart(4, '0'), ...[month, day].map((part) => String(part).padStart(2, '0'))].join('-');
				const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
				const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
				expect(canonicalRules.date(text)).toBe(day >= 1 && day <= days);
			}),
			{ numRuns: 1_000 },
		);
	});

	it('of text is what survives being signed as UTF-8', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0xd7f0, max: 0xe010 })), (text, units) => {
				const mixed = text + String.fromCharCode(...units);
				expect(canonicalRules.text(mixed)).toBe(Buffer.from(mixed, 'utf8').toString('utf8') === mixed);
			}),
		);
	});
});
