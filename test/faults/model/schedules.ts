import { setMaxListeners } from 'node:events';

import fc from 'fast-check';

import { TRANSPORTS } from '../support/bank';
import { argument, report } from '../support/child';
import type { Model } from './commands';
import { BEGINNING, STEPS } from './commands';
import type { FreshPackage } from './fresh-package';
import { readPackage } from './fresh-package';
import { checkInTheEnd } from './invariants';
import type { Circumstances, Order } from './world';
import { World } from './world';

/** Runs random schedules, several side by side: most of their time they wait. */
export interface SchedulesArgument {
	readonly schedules: number;
	readonly sideBySide: number;
	readonly seed: number;
	/** Of one schedule that failed: runs it, and looks for a shorter one that fails. */
	readonly path?: string;
}

export interface SchedulesReport {
	readonly failure: string | undefined;
	/** How often everything happened, so that the result means something. */
	readonly counts: Readonly<Record<string, number>>;
}

const MAXIMUM_STEPS = 30;
const TIME_TO_SHRINK = 5 * 60_000;

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
	transport: fc.constantFrom(...TRANSPORTS),
	broadcastStatements: fc.boolean(),
	settlementDelay: fc.constantFrom(0, 0, 20, 150),
	delays: fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 1, maxLength: 8 }),
	pauses: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 8 }),
});

const counts: Record<string, number> = {};

function count(what: string, times = 1): void {
	counts[what] = (counts[what] ?? 0) + times;
}

async function runSchedule(load: () => FreshPackage, around: Circumstances, steps: Iterable<fc.AsyncCommand<Model, World>>): Promise<void> {
	const world = await World.open(around, load);
	world.bank.sandbox.on('fault', () => count('faults'));
	try {
		await fc.asyncModelRun(() => ({ model: { ...BEGINNING }, real: world }), steps);
		await finish(world);
		checkInTheEnd(world);
		countWhatHappened(world);
	} finally {
		await world.close();
	}
}

/** Everything works again: what can be known is found out, and what was missed is made up for. */
async function finish(world: World): Promise<void> {
	world.bank.sandbox.faults.clear();
	for (const name of ['main', 'worker'] as const) if (!world.isAlive(name)) await world.begin(name);
	if (!world.process('main').isListening) await world.setListening(true);
	await world.allPaid();
	const references = new Set(world.payments.flatMap(({ reference }) => reference ?? []));
	const again: Omit<Order, 'reference'> = { amount: '20.00', waitForConfirmation: true, retries: 0 };
	for (const reference of references) await world.paid(world.pay('worker', { ...again, reference }));
	await world.allHandled();
	// Their keys hide no repetition any more.
	await world.process('main').forgetExecutions();
	await world.allHandled();
}

function countWhatHappened({ payments, received, completed, cutOff, kills }: World): void {
	count('schedules');
	count('kills', kills);
	count('transfers in', received.length);
	count('executions completed', completed.length);
	count('executions cut off', [...cutOff].filter((id) => !completed.includes(id)).length);
	for (const { answer, alreadySent } of payments) count(`payments ${alreadySent ? 'alreadySent' : answer}`);
}

async function main(): Promise<void> {
	const { schedules, sideBySide, seed, path } = argument() as SchedulesArgument;
	setMaxListeners(0);
	const load = await readPackage();
	const property = fc.asyncProperty(
		circumstances,
		fc.commands([...STEPS], { maxCommands: MAXIMUM_STEPS, size: 'max' }),
		async (around, steps) => await runSchedule(load, around, steps),
	);
	const lane = async (index: number) => {
		const numRuns = Math.ceil(schedules / sideBySide);
		return await fc.check(
			property,
			path === undefined
				? { seed: seed + index, numRuns, endOnFailure: true, includeErrorInReport: true }
				: { seed, path, numRuns: 1, interruptAfterTimeLimit: TIME_TO_SHRINK, markInterruptAsFailure: true, includeErrorInReport: true },
		);
	};
	const results = await Promise.all(Array.from({ length: sideBySide }, async (_, index) => await lane(index)));
	const failed = results.find((result) => result.failed);
	await report({ failure: failed && fc.defaultReportMessage(failed), counts });
	process.exit();
}

void main();
