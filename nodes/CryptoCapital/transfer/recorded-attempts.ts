import type { IExecuteFunctions } from 'n8n-workflow';

import type { AttemptRecord, Claim, ClaimOptions, ReferenceKey } from '../../../client';
import { KeyedQueue, pause, systemClock } from '../../../client';

type Values = Pick<IExecuteFunctions['helpers'], 'checkProcessedAndRecord' | 'removeProcessed'>;

const SCOPE = 'node';
/** The row is read and written as a whole, so it has to stay small. What is forgotten is still found in the statement. */
const OPTIONS = { mode: 'entries', maxEntries: 20_000 } as const;

/**
 * How long a claim waits before it looks whether it lasted: many times as long as the database just took for the same thing, so that
 * everybody who read the row before us has written it by then.
 */
const SETTLING_FACTOR = 12;
const SHORTEST_SETTLING = 150;
const LONGEST_SETTLING = 10_000;
const MAXIMUM_ROUNDS = 12;
const MAXIMUM_REFUSALS = 4;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** In one process, reads and writes of one row take turns: fewer collisions, and none between the items of one execution. */
const turns = new KeyedQueue();

/**
 * The attempts recorded in n8n's database, which all main and worker processes share and which survives a crash. There is no such record for a
 * workflow that was never saved: then undefined, and the statement and the process's own memory decide.
 */
export function recordedAttempts(node: IExecuteFunctions, publicKey: string): AttemptRecord | undefined {
	const workflowId = node.getWorkflow().id;
	if (!workflowId) return undefined;
	return new RecordedAttempts(node.helpers, publicKey, `${workflowId} ${node.getNode().id}`);
}

/**
 * n8n's helpers read one row for this node, change it and write it back, so executions at the same moment overwrite each other's values. Therefore a
 * claim also writes a token of its own, waits until every write that began before has ended, and looks again: only whose write came last still
 * finds both values, and the attempt is theirs. Where it is not certain, nobody is told `first`.
 */
class RecordedAttempts implements AttemptRecord {
	constructor(
		private readonly helpers: Values,
		private readonly publicKey: string,
		private readonly row: string,
	) {}

	async claim(key: ReferenceKey, { resendAfter, signal }: ClaimOptions): Promise<Claim> {
		const reference = this.#value(key);
		if (await this.#take(reference, signal)) {
			// When it was, for a later question whether it is stale.
			if (!signal?.aborted) await this.#known(timeMarks(reference, systemClock.now()));
			return 'first';
		}
		if (resendAfter <= 0 || signal?.aborted) return 'attempted';
		return (await this.#takeStale(reference, resendAfter, signal)) ? 'stale' : 'attempted';
	}

	async release(key: ReferenceKey): Promise<void> {
		await this.#forget([this.#value(key)]);
	}

	/** Records a value that nobody recorded before. False where somebody did, or where that is not certain. */
	async #take(value: string, signal: AbortSignal | undefined): Promise<boolean> {
		for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
			const token = `${value} by ${Math.random().toString(36).slice(2)}`;
			const begun = systemClock.elapsed();
			const before = await this.#known([value, token]);
			if (before.has(value)) {
				await this.#forget([token]);
				return false;
			}
			const settling = SETTLING_FACTOR * (systemClock.elapsed() - begun);
			await pause(systemClock, Math.min(Math.max(settling, SHORTEST_SETTLING), LONGEST_SETTLING));
			const after = await this.#known([value, token]);
			await this.#forget([token]);
			if (signal?.aborted) {
				if (after.has(token)) await this.#forget([value]);
				return false;
			}
			if (after.has(value) && after.has(token)) return true;
			if (after.has(value)) return false;
			// Somebody who recorded other values overwrote ours. Nobody holds the value, but our question recorded it again: take that back.
			await this.#forget([value]);
		}
		return false;
	}

	/** Takes over an attempt that is older than `resendAfter`. */
	async #takeStale(reference: string, resendAfter: number, signal: AbortSignal | undefined): Promise<boolean> {
		const now = systemClock.now();
		const recent = marksSince(reference, now - resendAfter, now);
		const known = await this.#known(recent);
		// The question recorded all it asked for: what was not there before goes again.
		await this.#forget(recent.filter((recentMark) => !known.has(recentMark)));
		if (known.size > 0) return false;
		const taken = await this.#take(`${reference} again ${Math.floor(now / resendAfter)}`, signal);
		if (taken) await this.#known(timeMarks(reference, systemClock.now()));
		return taken;
	}

	/**
	 * Records values.
	 * @returns those that were recorded before
	 * @throws whatever the database said, where it goes on refusing
	 */
	async #known(values: string[]): Promise<Set<unknown>> {
		return await turns.run(this.row, async () => {
			for (let refusal = 0; ; refusal += 1) {
				try {
					const { processed } = await this.helpers.checkProcessedAndRecord(values, SCOPE, OPTIONS);
					return new Set<unknown>(processed);
				} catch (error) {
					// The first execution of two that create the row at the same moment makes the other one fail.
					if (refusal === MAXIMUM_REFUSALS) throw error;
					await pause(systemClock, SHORTEST_SETTLING * Math.random());
				}
			}
		});
	}

	async #forget(values: string[]): Promise<void> {
		if (values.length === 0) return;
		await turns.run(this.row, async () => await this.helpers.removeProcessed(values, SCOPE, OPTIONS));
	}

	#value({ accountNumber, reference }: ReferenceKey): string {
		return `${this.publicKey} ${accountNumber} ${reference}`;
	}
}

/** An attempt is marked with its minute and its hour, so that a short and a long time back are both few questions. */
function timeMarks(reference: string, time: number): string[] {
	return [mark(reference, 'minute', time, MINUTE), mark(reference, 'hour', time, HOUR)];
}

function marksSince(reference: string, from: number, to: number): string[] {
	const [unit, length] = to - from <= 2 * HOUR ? (['minute', MINUTE] as const) : (['hour', HOUR] as const);
	const marks: string[] = [];
	for (let time = from; time < to + length; time += length) marks.push(mark(reference, unit, Math.min(time, to), length));
	return [...new Set(marks)];
}

function mark(reference: string, unit: string, time: number, length: number): string {
	return `${reference} ${unit} ${Math.floor(time / length)}`;
}
