import { randomUUID } from 'node:crypto';
import type { Rows } from './rows';

const PREFIX = 'execution-key:';

interface KeyRow {
	claim: string;
	status: 'new' | 'running';
}

/** The key of an execution that is, or was, there already. */
export class DuplicateExecutionError extends Error {
	constructor(readonly deduplicationKey: string) {
		super(`An execution with the de-duplication key "${deduplicationKey}" exists already`);
		this.name = 'DuplicateExecutionError';
	}
}

/**
 * The de-duplication keys of executions: unique for all workflows, remembered as long as the execution.
 *
 * n8n creates an execution as `new` in one transaction and marks it `running` in another. A key whose execution is
 * still `new` counts as left behind by a crash and is taken over. So a repeat in the same tick, whose transaction comes
 * between those two, starts a second execution.
 */
export class DeduplicationKeys {
	private lastTransaction: Promise<unknown> = Promise.resolve();

	constructor(private readonly rows: Rows) {}

	/** @throws {DuplicateExecutionError} */
	async claim(key: string): Promise<void> {
		const claim = randomUUID();
		await this.transaction(async () => {
			if ((await this.read(key))?.status === 'new') await this.rows.delete(PREFIX + key);
			const inserted = await this.rows.insert(PREFIX + key, { claim, status: 'new' });
			if (!inserted) throw new DuplicateExecutionError(key);
		});
		await this.transaction(async () => {
			const isOurs = (await this.read(key))?.claim === claim;
			if (isOurs) await this.rows.write(PREFIX + key, { claim, status: 'running' });
		});
	}

	/** What n8n's pruning of old executions does. */
	async forgetAll(): Promise<void> {
		for (const row of await this.rows.keys()) {
			if (row.startsWith(PREFIX)) await this.rows.delete(row);
		}
	}

	private async read(key: string): Promise<KeyRow | undefined> {
		return (await this.rows.read(PREFIX + key)) as KeyRow | undefined;
	}

	/** One at a time, in the order of the calls, as SQLite does it. */
	private async transaction(run: () => Promise<void>): Promise<void> {
		const transaction = this.lastTransaction.then(run);
		this.lastTransaction = transaction.catch(() => {});
		await transaction;
	}
}
