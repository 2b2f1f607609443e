/** A map that forgets its oldest entries, so that what a stream of messages or of runs teaches it never grows without end. */
export class BoundedMap<Key, Value> {
	readonly #entries = new Map<Key, Value>();

	/** Kept from one time to the next: a fresh iterator would walk over the places of all that was forgotten, again each time. */
	#oldestFirst: Iterator<Key> | undefined;

	constructor(private readonly capacity: number) {}

	get size(): number {
		return this.#entries.size;
	}

	has(key: Key): boolean {
		return this.#entries.has(key);
	}

	get(key: Key): Value | undefined {
		return this.#entries.get(key);
	}

	/** Makes it the newest entry, also where it was there before. */
	set(key: Key, value: Value): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size <= this.capacity) return;
		this.#oldestFirst ??= this.#entries.keys();
		const oldest = this.#oldestFirst.next();
		if (!oldest.done) this.#entries.delete(oldest.value);
	}

	delete(key: Key): void {
		this.#entries.delete(key);
	}
}
