/**
 * The nonces of one key: strictly growing, and on the scale of milliseconds since 1970 that every client of the API uses. Where the clock
 * stands still or goes back, they go on from the last one.
 */
export class NonceSource {
	#last = 0;

	next(now: number): number {
		this.#last = Math.max(this.#last + 1, Math.trunc(now));
		return this.#last;
	}

	/** How many milliseconds the nonces have run ahead of the clock. */
	lead(now: number): number {
		return Math.max(0, this.#last - Math.trunc(now));
	}
}

const sources = new Map<string, NonceSource>();

/** The one source of nonces of a key in this process: whatever connections it is used on, its nonces grow. */
export function nonceSource(publicKey: string): NonceSource {
	let source = sources.get(publicKey);
	if (!source) {
		source = new NonceSource();
		sources.set(publicKey, source);
	}
	return source;
}
