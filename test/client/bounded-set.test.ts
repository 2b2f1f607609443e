import { BoundedSet } from '../../client/bounded-set';

describe('a bounded set', () => {
	it('forgets the oldest of what was not taken out, for ever', () => {
		const set = new BoundedSet<number>(3);
		for (let value = 0; value < 1_000; value += 1) {
			expect(set.add(value)).toBe(true);
			expect(set.add(value)).toBe(false);
			expect(set.size).toBe(Math.min(value + 1, 3));
			expect([value - 3, value - 2, value].map((member) => set.has(member))).toEqual([false, value >= 2, true]);
		}
	});

	it('takes what was taken out for new, and forgets it as such', () => {
		const set = new BoundedSet<string>(2);
		for (const value of ['a', 'b', 'c']) set.add(value);
		set.delete('b');
		for (const value of ['b', 'd']) expect(set.add(value)).toBe(true);
		expect(['a', 'b', 'c', 'd'].filter((value) => set.has(value))).toEqual(['b', 'd']);
	});
});
