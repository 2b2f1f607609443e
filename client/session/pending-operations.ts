import type { Clock } from '../clock';
import type { Acknowledgement } from '../protocol';

/** What became of one operation that was written. */
export type WrittenOutcome =
	| { readonly kind: 'acknowledged'; readonly nonce: number }
	| { readonly kind: 'refused'; readonly nonce: number; readonly reason?: string }
	| { readonly kind: 'noAnswer'; readonly nonce: number; readonly because: 'timeout' | 'connectionLost' | 'cancelled' };

/** The operations that were written to one connection and wait for their `ack` or `err`, by nonce. */
export class PendingOperations {
	readonly #pending = new Map<number, (outcome: WrittenOutcome) => void>();

	constructor(private readonly clock: Clock) {}

	get size(): number {
		return this.#pending.size;
	}

	/**
	 * Resolves with the answer to `nonce`, or with what came instead of it. Never rejects, and leaves no timer or listener behind.
	 * @param onAcknowledged called in the same turn in which the `ack` is read, before anything that came after it
	 */
	async wait(
		nonce: number,
		timeout: number,
		signal: AbortSignal | undefined,
		onAcknowledged?: () => void,
	): Promise<WrittenOutcome> {
		return await new Promise((resolve) => {
			const settle = (outcome: WrittenOutcome) => {
				this.#pending.delete(nonce);
				cancelTimer();
				signal?.removeEventListener('abort', cancelled);
				if (outcome.kind === 'acknowledged') onAcknowledged?.();
				resolve(outcome);
			};
			const cancelled = () => settle({ kind: 'noAnswer', nonce, because: 'cancelled' });
			const cancelTimer = this.clock.startTimer(timeout, () => settle({ kind: 'noAnswer', nonce, because: 'timeout' }));
			this.#pending.set(nonce, settle);
			signal?.addEventListener('abort', cancelled, { once: true });
			if (signal?.aborted) cancelled();
		});
	}

	answer({ accepted, nonce, reason }: Acknowledgement): void {
		const settle = this.#pending.get(nonce);
		if (!settle) return;
		if (accepted) settle({ kind: 'acknowledged', nonce });
		else settle(reason === undefined ? { kind: 'refused', nonce } : { kind: 'refused', nonce, reason });
	}

	/** For an operation that could not be written after all. */
	withdraw(nonce: number): void {
		this.#pending.get(nonce)?.({ kind: 'noAnswer', nonce, because: 'cancelled' });
	}

	connectionLost(): void {
		for (const [nonce, settle] of [...this.#pending]) settle({ kind: 'noAnswer', nonce, because: 'connectionLost' });
	}
}
