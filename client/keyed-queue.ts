/** Runs tasks with the same key one after the other, in the order in which they came, and others side by side. */
export class KeyedQueue {
	readonly #tails = new Map<string, Promise<void>>();

	/** Runs `task` when every earlier one with this key has ended, however it ended. */
	async run<T>(key: string, task: () => Promise<T>): Promise<T> {
		const previous = this.#tails.get(key) ?? Promise.resolve();
		const result = previous.then(task);
		const tail = result.then(
			() => undefined,
			() => undefined,
		);
		this.#tails.set(key, tail);
		try {
			return await result;
		} finally {
			if (this.#tails.get(key) === tail) this.#tails.delete(key);
		}
	}

	/** How many keys have work under way. */
	get size(): number {
		return this.#tails.size;
	}
}
