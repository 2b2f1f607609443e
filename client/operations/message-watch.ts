import { ConnectionError } from '../errors';
import type { VerifiedMessage } from '../protocol';
import type { Session } from '../session/session';

/**
 * Watches a session's messages on behalf of one operation, from its writing to its end: wakes the operation when something
 * happened, and notices when the connection that would bring the answer is gone.
 */
export class MessageWatch {
	/** Set once the operation was written: what came before answers something else. */
	listening = false;

	#unaccepted = false;

	#lost = false;

	/** Something happened while nobody waited: the next wait is over at once. */
	#woken = false;

	#wakeWaiting = () => {};

	readonly #remove: Array<() => void>;

	constructor(
		private readonly session: Session,
		take: (message: VerifiedMessage) => void = () => {},
	) {
		this.#remove = [
			session.onMessage.add((message) => {
				if (!this.listening) return;
				take(message);
				this.wake();
			}),
			session.onUnaccepted.add(() => {
				if (this.listening) this.#unaccepted = true;
			}),
			session.onDisconnected.add(() => {
				this.#lost = true;
				this.wake();
			}),
		];
	}

	/** Whether something that might have been the answer arrived and was not accepted. */
	get sawUnaccepted(): boolean {
		return this.#unaccepted;
	}

	/** Wakes the operation for a reason of its own. */
	wake(): void {
		this.#woken = true;
		this.#wakeWaiting();
	}

	/**
	 * Resolves when something happened, after `milliseconds`, or when the signal is aborted.
	 * @throws ConnectionError once the connection was lost
	 */
	async next(milliseconds: number, signal?: AbortSignal): Promise<void> {
		this.#throwIfLost();
		if (!this.#woken) await this.#wait(milliseconds, signal);
		this.#woken = false;
		this.#throwIfLost();
	}

	stop(): void {
		for (const remove of this.#remove) remove();
		this.#wakeWaiting();
	}

	async #wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
		await new Promise<void>((resolve) => {
			const end = () => {
				this.#wakeWaiting = () => {};
				cancelTimer();
				signal?.removeEventListener('abort', end);
				resolve();
			};
			const cancelTimer = this.session.clock.startTimer(milliseconds, end);
			this.#wakeWaiting = end;
			signal?.addEventListener('abort', end, { once: true });
			if (signal?.aborted) end();
		});
	}

	#throwIfLost(): void {
		if (this.#lost) throw new ConnectionError('lost', this.session.server);
	}
}
