import type { IExecuteFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';

import type { AttemptRecord, Claim, ClaimOptions, ReferenceKey } from '../../../client';

type Values = Pick<IExecuteFunctions['helpers'], 'checkProcessedAndRecord' | 'removeProcessed'>;

const SCOPE = 'node';
const MAXIMUM_ENTRIES = 100_000;
const OPTIONS = { mode: 'entries', maxEntries: MAXIMUM_ENTRIES } as const;

/** Longer than reading, changing and writing the database row takes, so that whoever overwrote us has done it by then. */
const SETTLING_TIME = 500;
const MAXIMUM_ROUNDS = 10;

/**
 * The attempts recorded in n8n's database, which all main and worker processes share and which survives a crash. There is no such record for a
 * workflow that was never saved: then undefined, and the statement and the process's own memory decide.
 */
export function recordedAttempts(node: IExecuteFunctions, publicKey: string): AttemptRecord | undefined {
	if (!node.getWorkflow().id) return undefined;
	return new RecordedAttempts(node.helpers, publicKey);
}

/**
 * n8n's helpers read one row for this node, change it and write it back, so two executions at the same moment overwrite each other. Therefore each
 * claim also writes a token of its own, waits until every write that began before it has ended, and looks again: whoever still finds both values
 * is the one whose write came last, and the attempt is theirs.
 */
class RecordedAttempts implements AttemptRecord {
	constructor(
		private readonly helpers: Values,
		private readonly publicKey: string,
	) {}

	async claim(key: ReferenceKey, { resendAfter, signal }: ClaimOptions): Promise<Claim> {
		const reference = this.#value(key);
		for (let round = 0; round < MAXIMUM_ROUNDS; round += 1) {
			const token = `${reference} ${Math.random().toString(36).slice(2)}`;
			const before = await this.helpers.checkProcessedAndRecord([reference, token], SCOPE, OPTIONS);
			if (before.processed.includes(reference)) return 'attempted';
			await sleep(SETTLING_TIME, signal);
			const after = await this.helpers.checkProcessedAndRecord([reference, token], SCOPE, OPTIONS);
			const referenceKept = after.processed.includes(reference);
			const tokenKept = after.processed.includes(token);
			if (referenceKept && tokenKept) {
				await this.helpers.removeProcessed([token], SCOPE, OPTIONS);
				return 'first';
			}
			if (referenceKept) return 'attempted';
			// Somebody who recorded other values overwrote ours. Nobody took the reference: start over.
		}
		void resendAfter;
		return 'attempted';
	}

	async release(key: ReferenceKey): Promise<void> {
		await this.helpers.removeProcessed([this.#value(key)], SCOPE, OPTIONS);
	}

	#value({ accountNumber, reference }: ReferenceKey): string {
		return `${this.publicKey} ${accountNumber} ${reference}`;
	}
}
