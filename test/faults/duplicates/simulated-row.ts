import type { ProcessedDataHelpers } from '../../../nodes/CryptoCapital/transfer/processed-values';
import type { VirtualTime } from './virtual-time';

/** How long the parts of one read and write take, in milliseconds. */
export interface Latency {
	readonly reading: number;
	readonly between: number;
	readonly writing: number;
}

/** n8n's row for one node: each call reads it, and some time later writes it as a whole, whatever others wrote meanwhile. */
export class SimulatedRow {
	#values: readonly string[] | undefined;

	constructor(private readonly time: VirtualTime) {}

	/** The row as one process sees it. */
	helpers(latency: () => Latency): ProcessedDataHelpers {
		return {
			checkProcessedAndRecord: async (items) => {
				const values = items.map(String);
				const { reading, between, writing } = latency();
				await this.time.wait(reading);
				const read = this.#values;
				await this.time.wait(between);
				if (read === undefined && this.#values !== undefined) throw new Error('UNIQUE constraint failed');
				const known = new Set(read);
				this.#values = [...(read ?? []), ...values.filter((value) => !known.has(value))];
				await this.time.wait(writing);
				return {
					new: values.filter((value) => !known.has(value)),
					processed: values.filter((value) => known.has(value)),
				};
			},
			removeProcessed: async (items) => {
				const removed = new Set(items.map(String));
				const { reading, between, writing } = latency();
				await this.time.wait(reading);
				const read = this.#values;
				if (read === undefined) return;
				await this.time.wait(between);
				this.#values = read.filter((value) => !removed.has(value));
				await this.time.wait(writing);
			},
		};
	}
}
