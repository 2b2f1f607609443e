import { BoundedMap } from './bounded-map';

/** A set that forgets its oldest members when it is full. */
export class BoundedSet<Value> {
	readonly #values: BoundedMap<Value, true>;

	constructor(capacity: number) {
		this.#values = new BoundedMap(capacity);
	}

	has(value: Value): boolean {
		return this.#values.has(value);
	}

	/** @returns whether the value was new */
	add(value: Value): boolean {
		if (this.#values.has(value)) return false;
		this.#values.set(value, true);
		return true;
	}

	delete(value: Value): void {
		this.#values.delete(value);
	}

	get size(): number {
		return this.#values.size;
	}
}
