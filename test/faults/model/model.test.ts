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
/** Seeds of two processes are so far apart, because each takes one for every schedule that it runs beside another. */
const STRIDE = 1_000;
const SECONDS_A_SCHEDULE = 3;

let children: Array<Child<never, SchedulesReport>> = [];

afterEach(async () => {
	for (const child of children) await child.kill();
});

it(
	`${SCHEDULES} random schedules of transfers, retries, faults, crashes and restarts (SEED=${SEED}): nothing is paid twice, lost, repeated or invented`,
	async () => {
		children = Array.from({ length: PROCESSES }, (_, index) => {
			const order: SchedulesArgument = {
				schedules: Math.ceil(SCHEDULES / PROCESSES),
				sideBySide: SIDE_BY_SIDE,
				seed: SEED + index * STRIDE,
				...(PATH_OF_SCHEDULE !== undefined && { path: PATH_OF_SCHEDULE }),
			};
			return new Child(join(__dirname, 'schedules.ts'), { ...order });
		});

		const reports = await Promise.all(children.map(async (child) => await child.next()));

		const counts: Record<string, number> = {};
		for (const report of reports) {
			for (const [what, times] of Object.entries(report.counts)) counts[what] = (counts[what] ?? 0) + times;
		}
		console.info(`SEED=${SEED}: ${JSON.stringify(counts)}`);
		expect(reports.flatMap(({ failure }) => failure ?? [])).toEqual([]);
	},
	60_000 + SCHEDULES * SECONDS_A_SCHEDULE * 1_000,
);
