import { startTimer } from './timers';

/** Time, as the client needs it. Passed in, so that tests can let days go by. */
export interface Clock {
	/** Milliseconds since 1970. */
	now(): number;
	/** Milliseconds since some moment, never set back: for measuring how long something takes. */
	elapsed(): number;
	/** Calls back once after `milliseconds`. @returns cancels it */
	startTimer(milliseconds: number, callback: () => void): () => void;
}

export const systemClock: Clock = { now: () => Date.now(), elapsed: () => performance.now(), startTimer };

/** Resolves after `milliseconds`, or as soon as the signal is aborted: look at the signal to tell which. */
export async function pause(clock: Clock, milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	await new Promise<void>((resolve) => {
		const end = () => {
			cancel();
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const cancel = clock.startTimer(milliseconds, end);
		signal?.addEventListener('abort', end, { once: true });
	});
}

/**
 * Runs `work` with a signal that is aborted after `milliseconds` (with a `TimeoutError`) or together with the outer signal.
 * When the work is over, the timer and the listener are gone.
 */
export async function withDeadline<T>(
	clock: Clock,
	milliseconds: number,
	outer: AbortSignal | undefined,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const controller = new AbortController();
	const abort = () => controller.abort(outer?.reason);
	const cancel = clock.startTimer(milliseconds, () =>
		controller.abort(new DOMException('The deadline has passed', 'TimeoutError')),
	);
	outer?.addEventListener('abort', abort, { once: true });
	if (outer?.aborted) abort();
	try {
		return await work(controller.signal);
	} finally {
		cancel();
		outer?.removeEventListener('abort', abort);
	}
}
