import type { Clock } from '../clock';

/** For this long after a refused nonce the key counts as shared with another process. */
const MEMORY = 30_000;
/** In milliseconds. A few operations of other processes fit in. */
const FIRST_WINDOW = 60;
/** Room for some hundred processes; longer pauses would stop a process more than the refusals do. */
const LONGEST_WINDOW = 2_000;
const GROWTH = 2;
/** With these two, about one writing in ten is refused, however many processes there are: five repetitions in a row fail once in a million. */
const SHRINKAGE = 0.85;
/** Shorter pauses than the clock's grain keep nobody apart. */
const SHORTEST_WINDOW = 1;

/**
 * How crowded a key is, from what this process sees of it: pauses before its writings are drawn from a window that doubles with a
 * refused nonce and shrinks with each accepted one. Every process that does so ends up with its share of the line.
 */
export class Contention {
	#until = -Infinity;

	#window = 0;

	#lastGrowth = -Infinity;

	constructor(
		private readonly clock: Clock,
		private readonly random: () => number,
	) {}

	/** Whether another process was seen to use the key not long ago. */
	get present(): boolean {
		return this.clock.elapsed() < this.#until;
	}

	/** Milliseconds to let go by before the next writing. */
	nextPause(): number {
		return this.#window < SHORTEST_WINDOW ? 0 : this.random() * this.#window;
	}

	/** @param writtenAt of the operation that was refused, by {@link Clock.elapsed} */
	refused(writtenAt: number): void {
		const now = this.clock.elapsed();
		this.#until = now + MEMORY;
		// What was written before the window last grew says nothing about whether it is wide enough now.
		if (writtenAt < this.#lastGrowth) return;
		this.#lastGrowth = now;
		this.#window = Math.min(LONGEST_WINDOW, Math.max(FIRST_WINDOW, this.#window * GROWTH));
	}

	accepted(): void {
		this.#window *= SHRINKAGE;
	}
}
