import fc from 'fast-check';

import { byTransactionId } from '../../client';
import { DoneTransactions } from '../../nodes/CryptoCapitalTrigger/done-transactions';

const REMEMBERED = 1_000;

const transactionId = fc.bigInt({ min: 0n, max: 10n ** 30n - 1n }).map(String);

describe('the done transactions of an account', () => {
	it('are the same after they were saved', () => {
		fc.assert(
			fc.property(fc.array(transactionId), fc.array(transactionId), (ids, others) => {
				const done = new DoneTransactions();
				for (const id of ids) done.add(id);
				const read = new DoneTransactions(done.text);
				expect(read.text).toBe(done.text);
				for (const id of [...ids, ...others]) expect(read.has(id)).toBe(ids.includes(id));
			}),
		);
	});

	it('make room from the smallest number on, in whatever order they were done', () => {
		fc.assert(
			fc.property(fc.shuffledSubarray(Array.from({ length: 1_100 }, (_, index) => String(index * 7)), { minLength: 990 }), (ids) => {
				const done = new DoneTransactions();
				const kept: string[] = [];
				for (const id of ids) {
					kept.push(id);
					kept.sort(byTransactionId);
					expect(done.add(id)).toBe(kept.length > REMEMBERED ? kept.shift() : undefined);
				}
				const saved = new DoneTransactions(done.text);
				expect(ids.filter((id) => saved.has(id)).sort(byTransactionId)).toEqual(kept);
			}),
			{ numRuns: 5 },
		);
	});

	it('are forgotten up to a floor', () => {
		const done = new DoneTransactions();
		for (const id of ['8', '9', '10', '200']) done.add(id);
		done.forgetUpTo('9');
		expect(['8', '9', '10', '200'].map((id) => done.has(id))).toEqual([false, false, true, true]);
		expect(new DoneTransactions(done.text).has('200')).toBe(true);
		done.forgetUpTo('1000');
		expect(done.text).toBe('');
	});
});
