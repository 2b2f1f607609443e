/** Delays that can all be taken back at once, so that a closed sandbox leaves none behind. */
export class Timers {
	readonly #pending = new Set<NodeJS.Timeout>();

	get size(): number {
		return this.#pending.size;
	}

	/** @returns takes it back; without effect once it has run */
	after(milliseconds: number, action: () => void): () => void {
		const timer = setTimeout(() => {
			this.#pending.delete(timer);
			action();
		}, milliseconds);
		this.#pending.add(timer);
		return () => {
			clearTimeout(timer);
			this.#pending.delete(timer);
		};
	}

	clear(): void {
		for (const timer of this.#pending) clearTimeout(timer);
		this.#pending.clear();
	}
}
