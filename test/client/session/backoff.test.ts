import fc from 'fast-check';
import { Backoff, DEFAULT_BACKOFF } from '../../../client/session/backoff';

const { minimum, maximum } = DEFAULT_BACKOFF;

describe('the backoff', () => {
	it('is between 1 and 30 seconds', () => {
		expect(DEFAULT_BACKOFF).toEqual({ minimum: 1_000, maximum: 30_000 });
	});

	it('never leaves its bounds, and its ceiling doubles with each failure', () => {
		fc.assert(
			fc.property(fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 100 }), (draws) => {
				let index = 0;
				const backoff = new Backoff(DEFAULT_BACKOFF, () => draws[index] ?? 0);
				for (; index < draws.length; index += 1) {
					const wait = backoff.next();
					if (wait < minimum || wait > Math.min(maximum, minimum * 2 ** (index + 1))) return false;
				}
				return true;
			}),
		);
	});

	it('uses all of the range, so that clients which lost one server together come back apart', () => {
		const lowest = new Backoff(DEFAULT_BACKOFF, () => 0);
		const highest = new Backoff(DEFAULT_BACKOFF, () => 1);
		expect([lowest.next(), lowest.next(), lowest.next()]).toEqual([1_000, 1_000, 1_000]);
		expect(Array.from({ length: 6 }, () => highest.next())).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
	});

	it('begins anew after a success', () => {
		const backoff = new Backoff(DEFAULT_BACKOFF, () => 1);
		const first = backoff.next();
		backoff.next();
		backoff.reset();
		expect(backoff.next()).toBe(first);
	});

	it('draws anew each time', () => {
		const backoff = new Backoff({ minimum: 1_000, maximum: 2_000 });
		expect(new Set(Array.from({ length: 50 }, () => backoff.next())).size).toBeGreaterThan(1);
	});
});
