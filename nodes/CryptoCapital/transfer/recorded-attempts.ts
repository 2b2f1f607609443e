import type { IExecuteFunctions } from 'n8n-workflow';

import type { AttemptRecord, Claim, ClaimOptions, Clock, ReferenceKey } from '../../../client';
import { keyText, pause, systemClock } from '../../../client';
import type { ProcessedDataHelpers } from './processed-values';
import { ProcessedValues } from './processed-values';
import { marksSince, timeMarks } from './time-marks';

/**
 * Nobody's claim is decided before it is this old, in milliseconds, and no claim counts whose writing took longer. Whoever read the row before a claim
 * was written has then written it back, and what became of the claim is there for everybody to see.
 */
export const SETTLING = 1_000;
const MAXIMUM_ROUNDS = 8;
const MAXIMUM_RESENDS = 100;

/** The rows that this process uses: one for each node that sends. */
const rows = new Map<string, ProcessedValues>();

/** What is needed of the node that sends. */
export type RecordingNode = Pick<IExecuteFunctions, 'getNode' | 'getWorkflow'> & { readonly helpers: ProcessedDataHelpers };

/**
 * The attempts recorded in n8n's database, which all main and worker processes share and which survives a crash. There is no such record for a
 * workflow that was never saved: then undefined, and the statement and the process's own memory decide.
 */
export function recordedAttempts(node: RecordingNode, publicKey: string): AttemptRecord | undefined {
	const workflowId = node.getWorkflow().id;
	if (!workflowId) return undefined;
	const identity = `${workflowId} ${node.getNode().id}`;
	let row = rows.get(identity);
	if (!row) {
		row = new ProcessedValues();
		rows.set(identity, row);
	}
	return new RecordedAttempts(node.helpers, row, publicKey);
}

/** A claim that was recorded. */
interface Pending {
	/** What is claimed: whoever finds it recorded comes too late. */
	readonly value: string;
	/** A value that nobody else knows: where it is in the row, the row comes from our claim. It serves for one question, since asking records. */
	witness: string;
	/** Everything that was recorded beside the value, and serves for nothing once it is decided. */
	readonly litter: string[];
	/** By {@link Clock.elapsed}. */
	recordedAt: number;
	confirmed: boolean;
}

/**
 * n8n's helpers read one row for this node, change it and write it back. Executions at the same moment therefore overwrite each other's values, also
 * those of other references; what two of them see of the row can even differ for a while, as long as each of them reads what it wrote itself. So a
 * claim goes in two steps. It records its value together with a witness of its own, unless the value is there: then somebody came before. And not before
 * everything that was under way at that time has ended, and after leaving the row alone for a moment, it asks again:
 * - value and witness are there: the row comes from our claim, so the claims of all others were overwritten. It is ours.
 * - the value is there and the witness not: the row comes from somebody else's claim.
 * - neither is there: somebody who recorded other values overwrote ours. Nobody has it, and the question was a new claim.
 *
 * What it stands on: every process takes far less than {@link SETTLING} between the reading and the writing of the row. A claim that notices that its own
 * took longer gives up, since it may have overwritten one that was decided. One whose process stood still in the middle of a write for something else cannot
 * know whom it overwrote: then the record does not recognise a repetition of that reference, and the account's statement alone decides.
 */
export class RecordedAttempts implements AttemptRecord {
	readonly #pending = new Map<string, Pending>();

	constructor(
		private readonly helpers: ProcessedDataHelpers,
		private readonly row: ProcessedValues,
		private readonly publicKey: string,
		private readonly clock: Clock = systemClock,
	) {}

	async claim(key: ReferenceKey, { resendAfter }: ClaimOptions): Promise<Claim> {
		const reference = this.#reference(key);
		if (await this.#record(key, reference, reference)) return 'first';
		if (resendAfter <= 0) return 'attempted';
		return (await this.#recordResend(key, reference, resendAfter)) ? 'stale' : 'attempted';
	}

	async confirm(key: ReferenceKey, { signal }: Pick<ClaimOptions, 'signal'> = {}): Promise<boolean> {
		const pending = this.#pending.get(keyText(key));
		if (!pending) return false;
		if (pending.confirmed) return true;
		for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
			await pause(this.clock, pending.recordedAt + SETTLING - this.clock.elapsed(), signal);
			// The caller sends nothing any more, and takes back what is ours.
			if (signal?.aborted) return false;
			const decided = await this.#decide(this.#reference(key), pending);
			if (decided === undefined) continue;
			pending.confirmed = decided;
			if (!decided) this.#pending.delete(keyText(key));
			await this.row.forget(this.helpers, pending.litter.splice(0));
			return decided;
		}
		this.#pending.delete(keyText(key));
		await this.row.forget(this.helpers, pending.litter);
		return false;
	}

	async release(key: ReferenceKey): Promise<void> {
		// What is not certain to be ours may be somebody's who has sent.
		if (!(await this.confirm(key))) return;
		const pending = this.#pending.get(keyText(key));
		this.#pending.delete(keyText(key));
		if (pending) await this.row.forget(this.helpers, [pending.value]);
	}

	/** Whether the claim is ours, or undefined where it had to be made anew. */
	async #decide(reference: string, pending: Pending): Promise<boolean | undefined> {
		const { value, witness } = pending;
		const nextWitness = witnessOf(value);
		const marks = timeMarks(reference, this.clock.now());
		pending.litter.push(nextWitness);
		const { known, duration } = await this.row.ask(this.helpers, [value, witness, nextWitness, ...marks], true);
		if (known.has(witness)) return true;
		if (known.has(value) || duration >= SETTLING) return false;
		pending.witness = nextWitness;
		pending.recordedAt = this.clock.elapsed();
		return undefined;
	}

	/** Claims a value, unless somebody did before. */
	async #record(key: ReferenceKey, reference: string, value: string): Promise<boolean> {
		const witness = witnessOf(value);
		// When it was, for a later question whether it is stale.
		const marks = timeMarks(reference, this.clock.now());
		const { known, duration } = await this.row.ask(this.helpers, [value, witness, ...marks], false);
		if (known.has(value) || duration >= SETTLING) {
			await this.row.forget(this.helpers, [witness, ...marks.filter((mark) => !known.has(mark))]);
			return false;
		}
		const recordedAt = this.clock.elapsed();
		this.#pending.set(keyText(key), { value, witness, litter: [witness], recordedAt, confirmed: false });
		return true;
	}

	/** Claims the next resending of an attempt that is older than `resendAfter`. */
	async #recordResend(key: ReferenceKey, reference: string, resendAfter: number): Promise<boolean> {
		// First how often it was resent, and only then when: whoever resends records both at once, so who does it meanwhile is noticed by either.
		for (let resend = 1; resend <= MAXIMUM_RESENDS; resend += 1) {
			const value = `${reference} again ${resend}`;
			if (await this.#isKnown([value])) continue;
			const now = this.clock.now();
			if (await this.#isKnown(marksSince(reference, now - resendAfter, now))) return false;
			return await this.#record(key, reference, value);
		}
		return false;
	}

	/** Whether any of the values is recorded. Leaves none behind that was not. */
	async #isKnown(values: readonly string[]): Promise<boolean> {
		const { known } = await this.row.ask(this.helpers, values, false);
		await this.row.forget(
			this.helpers,
			values.filter((value) => !known.has(value)),
		);
		return known.size > 0;
	}

	#reference(key: ReferenceKey): string {
		return `${this.publicKey} ${keyText(key)}`;
	}
}

function witnessOf(value: string): string {
	return `${value} by ${Math.random().toString(36).slice(2)}`;
}
