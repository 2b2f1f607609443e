import fc from 'fast-check';

import type { Claim } from '../../../client';
import { ProcessedValues } from '../../../nodes/CryptoCapital/transfer/processed-values';
import { RecordedAttempts, SETTLING } from '../../../nodes/CryptoCapital/transfer/recorded-attempts';
import type { Latency } from './simulated-row';
import { SimulatedRow } from './simulated-row';
import { VirtualTime } from './virtual-time';

const SCHEDULES = 400;
const KEY = { accountNumber: '9120000001', reference: 'INV-1' };
/** Long after everything else has happened. */
const LATER = 60_000;

type Decision = 'ours' | 'theirs' | Exclude<Claim, 'first'>;

interface Claimant {
	/** When it claims. */
	readonly at: number;
	/** How long it searches the statement before it asks whether the claim is its own. */
	readonly search: number;
	/** How long its reads and writes take, one after the other and then from the start again. */
	readonly latencies: readonly Latency[];
	/** How many claims of other references its process has under way all the time. */
	readonly others: number;
}

/** What a database takes when it is busy; far from the second that the settling allows for. */
const latency: fc.Arbitrary<Latency> = fc.record({
	reading: fc.integer({ min: 0, max: 20 }),
	between: fc.oneof(
		{ weight: 8, arbitrary: fc.integer({ min: 0, max: 20 }) },
		{ weight: 1, arbitrary: fc.integer({ min: 20, max: SETTLING / 5 }) },
	),
	writing: fc.integer({ min: 0, max: 20 }),
});

const claimant: fc.Arbitrary<Claimant> = fc.record({
	at: fc.integer({ min: 0, max: 60 }),
	search: fc.integer({ min: 0, max: 3_000 }),
	latencies: fc.array(latency, { minLength: 3, maxLength: 30 }),
	others: fc.integer({ min: 0, max: 6 }),
});

/** One process, with its own hands on the row. */
class Process {
	readonly #values: ProcessedValues;

	readonly #helpers;

	constructor(
		private readonly time: VirtualTime,
		row: SimulatedRow,
		latencies: readonly Latency[],
	) {
		this.#values = new ProcessedValues(time);
		let call = 0;
		const still = { reading: 0, between: 0, writing: 0 };
		this.#helpers = row.helpers(() => latencies[call++ % latencies.length] ?? still);
	}

	attempts(): RecordedAttempts {
		return new RecordedAttempts(this.#helpers, this.#values, 'key', this.time);
	}

	async decide(reference: string, search: number, resendAfter = 0): Promise<Decision> {
		const attempts = this.attempts();
		const key = { ...KEY, reference };
		const claim = await attempts.claim(key, { resendAfter });
		if (claim === 'attempted') return claim;
		await this.time.wait(search);
		return (await attempts.confirm(key)) ? 'ours' : 'theirs';
	}

	/** Claims one other reference after the other. */
	async workOn(name: string, goOn: () => boolean): Promise<void> {
		for (let reference = 0; goOn(); reference += 1) await this.decide(`${name}-${reference}`, 10);
	}
}

const QUICK: Latency = { reading: 1, between: 1, writing: 1 };

async function contest(claimants: readonly Claimant[]): Promise<{ decisions: Decision[]; later: Decision }> {
	const time = new VirtualTime();
	const row = new SimulatedRow(time);
	let busy = true;
	const processes = claimants.map(({ latencies }) => new Process(time, row, latencies));
	const others = claimants.flatMap(({ others: count }, index) =>
		Array.from({ length: count }, async (_, other) => await processes[index]?.workOn(`${index}-${other}`, () => busy)),
	);
	const decisions = await time.run(
		Promise.all(
			claimants.map(async ({ at, search }, index) => {
				await time.wait(at);
				return (await processes[index]?.decide(KEY.reference, search)) ?? 'attempted';
			}),
		),
	);
	busy = false;
	await time.run(Promise.all(others));
	const later = await time.run(
		(async () => {
			await time.wait(LATER);
			return await new Process(time, row, [QUICK]).decide(KEY.reference, 0);
		})(),
	);
	return { decisions, later };
}

describe('a claim in a row that everybody overwrites', () => {
	it.each([2, 3, 5])('is won by exactly one of %i processes that make it at the same moment, and is known ever after', async (count) => {
		await fc.assert(
			fc.asyncProperty(fc.array(claimant, { minLength: count, maxLength: count }), async (claimants) => {
				const { decisions, later } = await contest(claimants);
				expect(decisions.filter((decision) => decision === 'ours')).toHaveLength(1);
				expect(later).toBe('attempted');
			}),
			{ numRuns: SCHEDULES },
		);
	});

	it('is won by one of two processes that never see each other’s writes, as long as neither leaves the row alone', async () => {
		const time = new VirtualTime();
		const row = new SimulatedRow(time);
		await time.run(new Process(time, row, [QUICK]).decide('makes the row', 0));
		let busy = true;
		// Each writes right after the other has read, and reads right after it has written.
		const inLockstep = async (name: string, start: number): Promise<Decision> => {
			const process = new Process(time, row, [{ reading: 0, between: 10, writing: 0 }]);
			const claimAllTheTime = async () => {
				for (let other = 0; busy; other += 1) {
					await process.attempts().claim({ ...KEY, reference: `${name}-${other}` }, { resendAfter: 0 });
				}
			};
			await time.wait(start);
			void claimAllTheTime();
			void claimAllTheTime();
			return await process.decide(KEY.reference, 0);
		};

		const decisions = await time.run(Promise.all([inLockstep('one', 0), inLockstep('other', 5)]));
		busy = false;

		expect(decisions.filter((decision) => decision === 'ours')).toHaveLength(1);
	});

	it('is given up where its writing took so long that another may have been decided meanwhile', async () => {
		const slow = { at: 0, search: 0, others: 0, latencies: [{ reading: 0, between: 5_000, writing: 0 }, QUICK] };
		const quick = { at: 10, search: 0, others: 0, latencies: [QUICK] };

		const { decisions, later } = await contest([slow, quick]);

		expect(decisions).toEqual(['attempted', 'ours']);
		expect(later).toBe('attempted');
	});

	it('is made again where a write for something else erased it', async () => {
		const time = new VirtualTime();
		const row = new SimulatedRow(time);
		const ours = new Process(time, row, [QUICK]);
		await time.run(ours.decide('before', 0));
		const eraser = new Process(time, row, [{ reading: 0, between: 500, writing: 0 }]);

		const [, decision] = await time.run(
			Promise.all([eraser.attempts().claim({ ...KEY, reference: 'other' }, { resendAfter: 0 }), ours.decide(KEY.reference, 0)]),
		);

		expect(decision).toBe('ours');
		expect(await time.run(eraser.decide(KEY.reference, 0))).toBe('attempted');
	});

	it('can be made by the next one after it was taken back, and only by whom it belongs to can it be', async () => {
		const time = new VirtualTime();
		const row = new SimulatedRow(time);
		const [first, second, third] = [1, 2, 3].map(() => new Process(time, row, [QUICK]).attempts());
		if (!first || !second || !third) throw new Error('Three were made');

		expect(await time.run(first.claim(KEY, { resendAfter: 0 }))).toBe('first');
		expect(await time.run(second.claim(KEY, { resendAfter: 0 }))).toBe('attempted');
		await time.run(second.release(KEY));
		expect(await time.run(third.claim(KEY, { resendAfter: 0 }))).toBe('attempted');
		await time.run(first.release(KEY));
		expect(await time.run(third.claim(KEY, { resendAfter: 0 }))).toBe('first');
	});

	it.each([10 * 60_000, 5 * 60 * 60_000])('can be made again by exactly one of several when it is %i ms old, and not before', async (age) => {
		const time = new VirtualTime();
		const row = new SimulatedRow(time);
		const processes = [1, 2, 3].map(() => new Process(time, row, [QUICK, { ...QUICK, between: 30 }]));
		const decideAll = async () =>
			await time.run(Promise.all(processes.map(async (process) => await process.decide(KEY.reference, 0, age))));

		expect((await decideAll()).filter((decision) => decision === 'ours')).toHaveLength(1);
		await time.run(time.wait(age / 2));
		expect(await decideAll()).toEqual(['attempted', 'attempted', 'attempted']);
		await time.run(time.wait(2 * age));
		expect((await decideAll()).filter((decision) => decision === 'ours')).toHaveLength(1);
		expect((await decideAll()).filter((decision) => decision === 'ours')).toHaveLength(0);
		await time.run(time.wait(2 * age));
		expect((await decideAll()).filter((decision) => decision === 'ours')).toHaveLength(1);
	});
});
