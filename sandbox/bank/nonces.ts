/** The highest nonce seen of each key, whatever connection or server it came over. */
export class Nonces {
	readonly #highest = new Map<string, number>();

	isFresh(key: string, nonce: number): boolean {
		return nonce > (this.#highest.get(key) ?? 0);
	}

	use(key: string, nonce: number): void {
		this.#highest.set(key, nonce);
	}

	/** 0 for a key that has sent nothing yet. */
	highest(key: string): number {
		return this.#highest.get(key) ?? 0;
	}
}
