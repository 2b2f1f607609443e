import type { Finding, Scale } from '../measure';
import { finding, median, scaled, settledHeap } from '../measure';
import { transferRecord } from '../messages';
import { client, triggerModules } from '../product';
import { triggerSettings } from './accept-messages';

const ACCOUNTS = ['9120000001'];
const BLOCK = 1_000;

/** What an event costs a trigger that has seen many: its memory of transfers is bounded. */
export async function longRun(scale: Scale): Promise<Finding[]> {
	const seen = scaled(100_000, scale);
	const [times, firstTimes, heaps, firstHeaps]: [number[], number[], number[], number[]] = [[], [], [], []];
	for (let round = 0; round < Math.min(3, scale.rounds); round += 1) {
		const staticData = {};
		const cursors = new triggerModules.cursors.Cursors(staticData, Date.now());
		cursors.begin('9120000001', '0', 0);
		const digests = new client.BoundedSet<string>(10_000);
		const block = (from: number): number => {
			const samples: number[] = [];
			for (let index = from; index < from + BLOCK; index += 1) {
				const params = { ...transferRecord(index), id: String(index + 1) };
				const message = { type: 'transfer' as const, key: '', nonce: '1700000000000', rcpt: '', params, signed: '' };
				const begun = performance.now();
				digests.add(`digest ${index}`);
				if (!cursors.isNew(params.id, ACCOUNTS)) throw new Error('A new transfer was taken for an old one');
				triggerModules.events.eventOf(message, triggerSettings());
				cursors.save([params.id], 0);
				cursors.setDone(params.id, ACCOUNTS);
				samples.push(performance.now() - begun);
			}
			return median(samples) * 1_000;
		};
		// The first thousand fill the memory, which is bounded at that.
		block(0);
		for (let from = BLOCK; from < 12 * BLOCK; from += BLOCK) block(from);
		firstTimes.push(block(12 * BLOCK));
		firstHeaps.push(settledHeap() / 1_048_576);
		for (let from = 13 * BLOCK; from < Math.max(seen, 14 * BLOCK); from += BLOCK) block(from);
		times.push(block(Math.max(seen, 14 * BLOCK)));
		heaps.push(settledHeap() / 1_048_576);
	}
	const row = { peer: 'once the remembered set is full', target: { is: 'at most', value: 1.1 } as const };
	return [
		finding({ what: 'Time of an event after 100,000 seen transactions', measure: 'microseconds, p50', ...row }, times, firstTimes),
		finding({ what: 'Heap after 100,000 seen transactions', measure: 'MiB', ...row }, heaps, firstHeaps),
	];
}
