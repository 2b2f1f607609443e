/**
 * Who wants to hear of something. Listeners are called in the order in which they were added; one that throws does not keep the
 * others from hearing, and one that is removed meanwhile is not called any more.
 */
export class Listeners<Value> {
	readonly #listeners = new Set<(value: Value) => void>();

	get size(): number {
		return this.#listeners.size;
	}

	/** @returns removes the listener again */
	add(listener: (value: Value) => void): () => void {
		// A wrapper of its own, so that adding one function twice means two registrations.
		const registration = (value: Value) => listener(value);
		this.#listeners.add(registration);
		return () => {
			this.#listeners.delete(registration);
		};
	}

	emit(value: Value): void {
		for (const listener of [...this.#listeners]) {
			if (!this.#listeners.has(listener)) continue;
			try {
				listener(value);
			} catch {
				// A listener's failure is its own: it must handle it, since a message concerns all the others too.
			}
		}
	}

	clear(): void {
		this.#listeners.clear();
	}
}
