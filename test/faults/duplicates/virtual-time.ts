import type { Clock } from '../../../client';

interface Timer {
	readonly time: number;
	readonly order: number;
	readonly callback: () => void;
}

/** A clock on which nothing takes any time but the waits, so that what happens follows from their lengths and from nothing else. */
export class VirtualTime implements Clock {
	#time = 1_700_000_000_000;

	#order = 0;

	#timers: Timer[] = [];

	now(): number {
		return this.#time;
	}

	elapsed(): number {
		return this.#time;
	}

	startTimer(milliseconds: number, callback: () => void): () => void {
		const timer = { time: this.#time + Math.max(0, milliseconds), order: ++this.#order, callback };
		this.#timers.push(timer);
		return () => {
			this.#timers = this.#timers.filter((other) => other !== timer);
		};
	}

	async wait(milliseconds: number): Promise<void> {
		await new Promise<void>((resolve) => {
			this.startTimer(milliseconds, resolve);
		});
	}

	/** Lets time pass until the work is done. */
	async run<T>(work: Promise<T>): Promise<T> {
		const state = { done: false };
		const result = work.finally(() => {
			state.done = true;
		});
		result.catch(() => {});
		for (;;) {
			// All that can happen at this moment happens, before the next one comes.
			await new Promise(setImmediate);
			if (state.done) return await result;
			const next = this.#timers.reduce<Timer | undefined>(
				(first, timer) =>
					first && (first.time < timer.time || (first.time === timer.time && first.order < timer.order)) ? first : timer,
				undefined,
			);
			if (!next) throw new Error('Nothing is left to happen, and the work is not done');
			this.#timers = this.#timers.filter((timer) => timer !== next);
			this.#time = Math.max(this.#time, next.time);
			next.callback();
		}
	}
}
