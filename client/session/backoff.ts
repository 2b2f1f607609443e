/** Milliseconds between attempts to connect. */
export interface BackoffLimits {
	minimum: number;
	maximum: number;
}

export const DEFAULT_BACKOFF: BackoffLimits = { minimum: 1_000, maximum: 30_000 };

/**
 * Exponential backoff with jitter: the ceiling doubles with each failure, and each wait is drawn between the minimum and the ceiling, so
 * that clients which lost one server together do not come back together.
 */
export class Backoff {
	#failures = 0;

	constructor(
		private readonly limits: BackoffLimits,
		private readonly random: () => number = Math.random,
	) {}

	next(): number {
		const { minimum, maximum } = this.limits;
		const ceiling = Math.min(maximum, minimum * 2 ** Math.min(this.#failures + 1, 30));
		this.#failures += 1;
		return minimum + this.random() * (ceiling - minimum);
	}

	reset(): void {
		this.#failures = 0;
	}
}
