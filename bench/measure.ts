import { performance } from 'node:perf_hooks';

/** What a comparison found: ours against a peer, in one run on one machine. */
export interface Finding {
	/** The row of the table. */
	what: string;
	/** What the two values are, with their unit. */
	measure: string;
	ours: number;
	peer: string;
	peerValue: number;
	/** Ours divided by the peer's: the median of the rounds, and the smallest and largest of them. */
	ratio: number;
	spread: [number, number];
	/** Nothing where the peer is there for information. */
	target?: { is: 'at least' | 'at most'; value: number };
}

export interface Scale {
	/** How many rounds are compared. */
	rounds: number;
	/** What the amounts of work are divided by. */
	divisor: number;
}

export const FULL: Scale = { rounds: 5, divisor: 1 };
/** Shows that everything runs; its figures mean nothing. */
export const SMOKE: Scale = { rounds: 1, divisor: 50 };

export function scaled(amount: number, { divisor }: Scale): number {
	return Math.max(10, Math.round(amount / divisor));
}

export function meets({ ratio, target }: Finding): boolean | undefined {
	if (!target) return undefined;
	return target.is === 'at least' ? ratio >= target.value : ratio <= target.value;
}

export function median(values: readonly number[]): number {
	return percentile(values, 0.5);
}

export function percentile(values: readonly number[], part: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	const value = sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
	if (value === undefined) throw new Error('There is nothing to take the percentile of');
	return value;
}

/** Compares values that were measured in the same rounds, so that a slow moment of the machine hits both. */
export function finding(
	description: Pick<Finding, 'what' | 'measure' | 'peer' | 'target'>,
	ours: readonly number[],
	peers: readonly number[],
): Finding {
	const ratios = ours.map((value, round) => value / (peers[round] ?? NaN));
	return {
		...description,
		ours: median(ours),
		peerValue: median(peers),
		ratio: median(ratios),
		spread: [Math.min(...ratios), Math.max(...ratios)],
	};
}

/** How many times a second `work` is done, at this concurrency. */
export async function perSecond(times: number, concurrency: number, work: (index: number) => Promise<unknown>): Promise<number> {
	let next = 0;
	const begun = performance.now();
	await Promise.all(
		Array.from({ length: concurrency }, async () => {
			while (next < times) {
				const index = next;
				next += 1;
				await work(index);
			}
		}),
	);
	return times / ((performance.now() - begun) / 1_000);
}

/** How long `work` takes each time, in milliseconds, one after the other. Where it resolves with a number, it has measured that itself. */
export async function latencies(times: number, work: (index: number) => Promise<unknown>): Promise<number[]> {
	const measured: number[] = [];
	for (let index = 0; index < times; index += 1) {
		const begun = performance.now();
		const own = await work(index);
		measured.push(typeof own === 'number' ? own : performance.now() - begun);
	}
	return measured;
}

/**
 * The latencies of several works that take turns, a few calls each at a time: whatever else the machine does then hits all of them alike.
 */
export async function alternatingLatencies(times: number, works: ReadonlyArray<(index: number) => Promise<unknown>>): Promise<number[][]> {
	const turn = 20;
	const measured = works.map((): number[] => []);
	for (let from = 0; from < times; from += turn) {
		for (const [work, run] of works.entries()) {
			measured[work]?.push(...(await latencies(Math.min(turn, times - from), async (index) => await run(from + index))));
		}
	}
	return measured;
}

/** The heap in use after everything unreachable is gone. Needs `--expose-gc`. */
export function settledHeap(): number {
	if (!global.gc) throw new Error('Run with --expose-gc');
	global.gc();
	global.gc();
	return process.memoryUsage().heapUsed;
}
