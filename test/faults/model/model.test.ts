import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { Child } from '../support/child';
import type { SchedulesArgument, SchedulesReport } from './schedules';

const SCHEDULES = Number(process.env.SCHEDULES ?? 1_000);
/** With PATH_OF_SCHEDULE, what a failing run printed: runs that schedule again, and looks for a shorter one. */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 30));
const { PATH_OF_SCHEDULE } = process.env;

const PROCESSES = PATH_OF_SCHEDULE === undefined ? Math.max(1, availableParallelism()) : 1;
/** In each process; more would keep each other waiting. */
const SIDE_BY_SIDE = PATH_OF_SCHEDULE === undefined ? 12 : 1;
/** One process runs no more than these, so that what n8n’s engine keeps of each never fills its memory. */
const SCHEDULES_OF_A_PROCESS = 1_000;
/** Seeds of two processes are so far apart, because each takes one for every schedule that it runs beside another. */
const STRIDE = 1_000;
const SECONDS_A_SCHEDULE = 3;

const children = new Set<Child<never, SchedulesReport>>();

afterEach(async () => {
	for (const child of children) await child.kill();
});

async function run(order: SchedulesArgument): Promise<SchedulesReport> {
	const child = new Child<never, SchedulesReport>(join(__dirname, 'schedules.ts'), { ...order });
	children.add(child);
	const report = await child.next();
	await child.kill();
	children.delete(child);
	return report;
}

it(
	`${SCHEDULES} random schedules of transfers, retries, faults, crashes and restarts (SEED=${SEED}): nothing is paid twice, lost, repeated or invented`,
	async () => {
		const counts: Record<string, number> = {};
		const failures: string[] = [];
		let left = SCHEDULES;
		let processes = 0;
		const runUntilDone = async () => {
			while (left > 0 && failures.length === 0) {
				const schedules = Math.min(Math.ceil(SCHEDULES / PROCESSES), SCHEDULES_OF_A_PROCESS, left);
				left -= schedules;
				const seed = SEED + processes++ * STRIDE;
				const order = { schedules, sideBySide: SIDE_BY_SIDE, seed };
				const report = await run(PATH_OF_SCHEDULE === undefined ? order : { ...order, path: PATH_OF_SCHEDULE });
				for (const [what, times] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + times;
				if (report.failure !== undefined) failures.push(report.failure);
				if (PATH_OF_SCHEDULE !== undefined) return;
			}
		};

		await Promise.all(Array.from({ length: PROCESSES }, runUntilDone));

		console.info(`SEED=${SEED}: ${JSON.stringify(counts)}`);
		expect(failures).toEqual([]);
	},
	60_000 + SCHEDULES * SECONDS_A_SCHEDULE * 1_000,
);
