/** A set that forgets its oldest members when it is full. */
export class BoundedSet<Value> {
	readonly #values = new Set<Value>();

	/** Kept from one time to the next: a fresh iterator would walk over the places of all that was forgotten, again each time. */
	#oldestFirst: Iterator<Value> | undefined;

	constructor(private readonly capacity: number) {}

	has(value: Value): boolean {
		return this.#values.has(value);
	}

	/** @returns whether the value was new */
	add(value: Value): boolean {
		if (this.#values.has(value)) return false;
		this.#values.add(value);
		if (this.#values.size > this.capacity) {
			this.#oldestFirst ??= this.#values.values();
			const oldest = this.#oldestFirst.next();
			if (!oldest.done) this.#values.delete(oldest.value);
		}
		return true;
	}

	delete(value: Value): void {
		this.#values.delete(value);
	}

	get size(): number {
		return this.#values.size;
	}
}
