import { join } from 'node:path';

import { Child } from '../support/child';
import type { FuzzerArgument, FuzzerReport } from './fuzzer';

const FRAMES = 50_000;
/** Set it to what a failing run printed to see the same frames again. */
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const MEBIBYTE = 2 ** 20;
/** What the engine's own caches may take while the frames go by; keeping the frames would be ten times as much. */
const TOLERANCE = 4 * MEBIBYTE;

let fuzzer: Child<never, FuzzerReport> | undefined;

afterEach(async () => await fuzzer?.kill());

describe(`${FRAMES} random and mutated frames (SEED=${SEED})`, () => {
	it.each(['webSocket', 'socketIo'] as const)('neither end the session nor get anything past it that nobody signed, over %s', async (transport) => {
		const order: FuzzerArgument = { transport, seed: SEED, frames: FRAMES };
		fuzzer = new Child(join(__dirname, 'fuzzer.ts'), { ...order }, ['--expose-gc']);

		const { forged, genuine, unaccepted, connections, state, heap, pollution } = await fuzzer.next();

		console.info(
			`${transport}, SEED=${SEED}: ${unaccepted} reported as not accepted, ${genuine} genuine after all, ` +
				`heap ${heap.map((bytes) => (bytes / MEBIBYTE).toFixed(1)).join(' → ')} MiB`,
		);
		expect(forged).toEqual([]);
		expect(pollution).toEqual([]);
		expect([state, connections]).toEqual(['ready', 1]);
		// Most were refused, and those that were not show that the mutations come close.
		expect(unaccepted).toBeGreaterThan(FRAMES / 2);
		expect(genuine).toBeGreaterThan(0);
		expect(heap[1]).toBeLessThan(heap[0] + TOLERANCE);
	});
});
