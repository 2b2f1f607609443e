import type { Clock } from '../../client/clock';

interface Timer {
	readonly milliseconds: number;
	readonly due: number;
	readonly fire: () => void;
}

/** The longest that Node's own timers can wait. */
const FOREVER = 2_147_483_647;

/**
 * The system's time, which a test may also skip forward and, for `now`, set back. What a test does not wait for never happens to it: time-outs of minutes are real ones
 * that nobody sees unless the test skips them.
 */
export class TestClock implements Clock {
	#skipped = 0;

	#setBack = 0;

	readonly #timers = new Map<Timer, NodeJS.Timeout>();

	readonly #watchers = new Set<() => void>();

	now(): number {
		return Date.now() + this.#skipped - this.#setBack;
	}

	elapsed(): number {
		return performance.now() + this.#skipped;
	}

	startTimer(milliseconds: number, callback: () => void): () => void {
		const timer: Timer = { milliseconds, due: this.elapsed() + milliseconds, fire: callback };
		this.#schedule(timer);
		for (const watch of [...this.#watchers]) watch();
		return () => this.#cancel(timer);
	}

	/** How many timers are running. */
	get timers(): number {
		return this.#timers.size;
	}

	/** Lets time pass at once, and fires what becomes due, in order. */
	skip(milliseconds: number): void {
		this.#skipped += milliseconds;
		const running = [...this.#timers.keys()].sort((a, b) => a.due - b.due);
		for (const timer of running) {
			if (!this.#timers.has(timer)) continue;
			this.#cancel(timer);
			if (timer.due <= this.elapsed()) timer.fire();
			else this.#schedule(timer);
		}
	}

	/** Sets the time of day back, as a user or a time server does. What measures durations does not notice. */
	setBack(milliseconds: number): void {
		this.#setBack += milliseconds;
	}

	/** Resolves as soon as a timer of so many milliseconds is running, or of a little less: what is left of them. */
	async timer(milliseconds: number): Promise<void> {
		const isMeant = (timer: Timer) => timer.milliseconds <= milliseconds && timer.milliseconds > milliseconds / 2;
		const isRunning = () => [...this.#timers.keys()].some(isMeant);
		if (isRunning()) return;
		await new Promise<void>((resolve) => {
			const watch = () => {
				if (!isRunning()) return;
				this.#watchers.delete(watch);
				resolve();
			};
			this.#watchers.add(watch);
		});
	}

	#schedule(timer: Timer): void {
		const fire = () => {
			this.#timers.delete(timer);
			timer.fire();
		};
		const wait = Math.min(Math.max(0, timer.due - this.elapsed()), FOREVER);
		// As the package's own timers, these keep no process alive; what is left of them, `timers` tells.
		this.#timers.set(timer, setTimeout(fire, wait).unref());
	}

	#cancel(timer: Timer): void {
		clearTimeout(this.#timers.get(timer));
		this.#timers.delete(timer);
	}
}
