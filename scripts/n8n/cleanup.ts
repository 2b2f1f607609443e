type Step = () => Promise<unknown>;

/** Everything that was started, to be ended in reverse. */
export class Cleanup {
	readonly #steps: Step[] = [];

	add(step: Step): void {
		this.#steps.unshift(step);
	}

	/** Does every step, whichever of them fail. Resolves with what failed. */
	async run(): Promise<unknown[]> {
		const errors: unknown[] = [];
		for (const step of this.#steps.splice(0)) await step().catch((error: unknown) => errors.push(error));
		return errors;
	}
}
