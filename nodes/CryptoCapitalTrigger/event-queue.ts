import { byTransactionId } from '../../client';
import type { TriggerEvent } from './events';

/** Two executions never run side by side, so what arrives faster than the workflow runs waits here. */
const CAPACITY = 10_000;

/**
 * The events that wait for their execution, in the order of the transfers. Bounded: once something did not fit, nothing more is taken
 * until the next catching up, which brings all of it again.
 */
export class EventQueue {
	#events: TriggerEvent[] = [];

	readonly #keys = new Set<string>();

	#overflowed = false;

	get size(): number {
		return this.#events.length;
	}

	/** Whether something did not fit. */
	get overflowed(): boolean {
		return this.#overflowed;
	}

	/** Takes events again: what did not fit is on its way. */
	reopen(): void {
		this.#overflowed = false;
	}

	/** Adds events that arrived together; those that are here already are left out. */
	add(events: readonly TriggerEvent[]): void {
		const before = this.#events.length;
		for (const event of events) {
			if (this.#overflowed) break;
			if (this.#keys.has(event.key)) continue;
			if (this.#events.length >= CAPACITY) {
				this.#overflowed = true;
				break;
			}
			this.#keys.add(event.key);
			this.#events.push(event);
		}
		const added = this.#events.length - before;
		if (added > 1 || !this.#isOrdered()) this.#events.sort(inOrder);
	}

	/**
	 * The next event, or all transfers that wait. They count as present until {@link finished}. A failure goes alone: it cannot be fetched
	 * again, so after a crash its company could not be put together again.
	 */
	take(together: boolean): TriggerEvent[] {
		const firstFailure = this.#events.findIndex(({ transactionId }) => transactionId === undefined);
		const transfers = firstFailure === -1 ? this.#events.length : firstFailure;
		return this.#events.splice(0, together ? Math.max(1, transfers) : 1);
	}

	/** Exactly these events, or none where one of them is missing. */
	takeExactly(keys: readonly string[]): TriggerEvent[] {
		const wanted = this.#events.filter(({ key }) => keys.includes(key));
		if (wanted.length !== keys.length) return [];
		this.#events = this.#events.filter(({ key }) => !keys.includes(key));
		return wanted;
	}

	finished(events: readonly TriggerEvent[]): void {
		for (const { key } of events) this.#keys.delete(key);
	}

	clear(): void {
		this.#events = [];
		this.#keys.clear();
	}

	#isOrdered(): boolean {
		const [before, last] = this.#events.slice(-2);
		return !before || !last || inOrder(before, last) <= 0;
	}
}

/** Transfers by their number; a failure, which has none, goes by the server's time. */
function inOrder(a: TriggerEvent, b: TriggerEvent): number {
	if (a.transactionId !== undefined && b.transactionId !== undefined) {
		return byTransactionId(a.transactionId, b.transactionId);
	}
	return a.serverTime - b.serverTime;
}
