import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';
import type { Json, Rows } from './rows';

/** Awaited after the row was read and before it is written back: where other executions get in between. */
export type BeforeProcessedDataWrite = (values: readonly DeduplicationItemTypes[]) => Promise<void> | void;

interface ProcessedRow {
	mode: string;
	hashes: string[];
}

/**
 * What stands behind `helpers.checkProcessedAndRecord`, as n8n has it: one row for each workflow and context, read,
 * changed and written back in separate statements without a lock. So writes of concurrent executions are lost,
 * and of two executions that find no row yet, the second to insert it fails.
 */
export class ProcessedData implements IDataDeduplicator {
	constructor(
		private readonly rows: Rows,
		private readonly beforeWrite: BeforeProcessedDataWrite = () => {},
	) {}

	async checkProcessedAndRecord(
		values: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const key = rowKey(scope, context);
		const row = await this.readRow(key, options);
		if (row === undefined) {
			await this.beforeWrite(values);
			const hashes = newest(values.map(hashOf), options.maxEntries);
			const inserted = await this.rows.insert(key, toJson({ mode: options.mode, hashes }));
			if (!inserted) throw new Error('UNIQUE constraint failed: processed_data.context, processed_data.workflowId');
			return { new: values, processed: [] };
		}
		const known = new Set(row.hashes);
		const result: IDeduplicationOutput = {
			new: values.filter((value) => !known.has(hashOf(value))),
			processed: values.filter((value) => known.has(hashOf(value))),
		};
		await this.beforeWrite(values);
		const hashes = newest([...row.hashes, ...result.new.map(hashOf)], options.maxEntries);
		await this.rows.write(key, toJson({ mode: row.mode, hashes }));
		return result;
	}

	async removeProcessed(
		values: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		const key = rowKey(scope, context);
		const row = await this.readRow(key, options);
		if (row === undefined) return;
		const removed = new Set(values.map(hashOf));
		await this.beforeWrite(values);
		const hashes = row.hashes.filter((hash) => !removed.has(hash));
		await this.rows.write(key, toJson({ mode: row.mode, hashes }));
	}

	async clearAllProcessedItems(scope: DeduplicationScope, context: ICheckProcessedContextData): Promise<void> {
		await this.rows.delete(rowKey(scope, context));
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<number> {
		return (await this.readRow(rowKey(scope, context), options))?.hashes.length ?? 0;
	}

	private async readRow(key: string, options: ICheckProcessedOptions): Promise<ProcessedRow | undefined> {
		if (options.mode !== 'entries') throw new Error(`The engine harness knows the mode "entries", not "${options.mode}".`);
		return fromJson(await this.rows.read(key));
	}
}

const owners = new WeakMap<object, ProcessedData>();

/** The workflow's `checkProcessedAndRecord` reads and writes this data from now on. */
export function setProcessedDataOf(workflow: object, processedData: ProcessedData): void {
	owners.set(workflow, processedData);
}

export const processedDataOfWorkflow: IDataDeduplicator = {
	checkProcessedAndRecord: async (values, scope, context, options) =>
		await ownerOf(context).checkProcessedAndRecord(values, scope, context, options),
	removeProcessed: async (values, scope, context, options) =>
		await ownerOf(context).removeProcessed(values, scope, context, options),
	clearAllProcessedItems: async (scope, context) => await ownerOf(context).clearAllProcessedItems(scope, context),
	getProcessedDataCount: async (scope, context, options) =>
		await ownerOf(context).getProcessedDataCount(scope, context, options),
};

function ownerOf({ workflow }: ICheckProcessedContextData): ProcessedData {
	const owner = owners.get(workflow);
	assert.ok(owner, 'This workflow was not started by an engine of this harness');
	return owner;
}

function rowKey(scope: DeduplicationScope, { workflow, node }: ICheckProcessedContextData): string {
	// As in n8n, a workflow that was never saved has no place to remember anything.
	assert.ok(workflow.id);
	if (scope !== 'node') return `processed:${workflow.id}:`;
	assert.ok(node, 'The scope "node" needs a node');
	return `processed:${workflow.id}:n:${node.id}`;
}

function hashOf(value: DeduplicationItemTypes): string {
	return createHash('md5').update(value.toString()).digest('base64');
}

/** n8n forgets from the old end. Zero and no limit are the same to it. */
function newest(hashes: string[], maxEntries: number | undefined): string[] {
	return maxEntries ? hashes.slice(-maxEntries) : hashes;
}

function toJson(row: ProcessedRow): Json {
	return { mode: row.mode, hashes: row.hashes };
}

function fromJson(json: Json | undefined): ProcessedRow | undefined {
	return json as ProcessedRow | undefined;
}
