import type { Clock } from '../clock';
import { systemClock } from '../clock';
import type { MessageProblem, Result, VerifiedMessage } from '../protocol';

interface Entry {
	readonly type: string;
	readonly payload: unknown;
	result: Result<VerifiedMessage, MessageProblem> | undefined;
	next: Entry | undefined;
}

/** As many as libuv has threads, and as many again waiting, so that no thread runs dry between two turns of the event loop. */
const CONCURRENCY = 8;

/**
 * A message that comes alone is verified at once: handing it to another thread, and waiting for that thread to wake up, takes a good part of what
 * the verification takes. At most once in so many milliseconds, so that messages one by one, however many, leave the event loop free.
 */
const BETWEEN_AT_ONCE = 5;

/**
 * Verifies messages side by side and delivers them in the order in which they came. At most {@link CONCURRENCY} are looked at
 * at a time, each in a turn of the event loop of its own: a burst waits here, as it was received, and stalls nothing else.
 */
export class OrderedVerification {
	#oldest: Entry | undefined;

	#newest: Entry | undefined;

	#nextToStart: Entry | undefined;

	#running = 0;

	#received = 0;

	#delivered = 0;

	#waitingLength = 0;

	#lastAtOnce = -Infinity;

	constructor(
		private readonly verify: (type: string, payload: unknown, atOnce: boolean) => Promise<Result<VerifiedMessage, MessageProblem>>,
		private readonly deliver: (result: Result<VerifiedMessage, MessageProblem>) => void,
		private readonly clock: Clock = systemClock,
	) {}

	/** How many messages were received so far. */
	get received(): number {
		return this.#received;
	}

	/** How many messages were delivered so far: while one is being delivered, its number in the order of arrival. */
	get delivered(): number {
		return this.#delivered;
	}

	/** How many messages were received and not delivered yet. */
	get size(): number {
		return this.#received - this.#delivered;
	}

	/** The summed length of the texts that wait, in UTF-16 units. */
	get textLength(): number {
		return this.#waitingLength;
	}

	push(type: string, payload: unknown): void {
		const entry: Entry = { type, payload, result: undefined, next: undefined };
		if (this.#newest) this.#newest.next = entry;
		else this.#oldest = entry;
		this.#newest = entry;
		this.#nextToStart ??= entry;
		this.#received += 1;
		this.#waitingLength += lengthOf(payload);
		if (this.#running < CONCURRENCY) void this.#startNext();
	}

	async #startNext(): Promise<void> {
		const entry = this.#nextToStart;
		if (!entry) return;
		this.#nextToStart = entry.next;
		this.#running += 1;
		entry.result = await this.verify(entry.type, entry.payload, this.#mayBeAtOnce());
		this.#running -= 1;
		this.#deliverFinished();
		if (this.#running < CONCURRENCY) void this.#startNext();
	}

	#mayBeAtOnce(): boolean {
		if (this.size > 1) return false;
		const now = this.clock.elapsed();
		if (now - this.#lastAtOnce < BETWEEN_AT_ONCE) return false;
		this.#lastAtOnce = now;
		return true;
	}

	#deliverFinished(): void {
		for (let oldest = this.#oldest; oldest?.result; oldest = this.#oldest) {
			const { payload, result, next } = oldest;
			// An entry that has grown old would otherwise keep all that came after it from being collected while it is young.
			oldest.next = undefined;
			this.#oldest = next;
			if (!next) this.#newest = undefined;
			this.#delivered += 1;
			this.#waitingLength -= lengthOf(payload);
			this.deliver(result);
		}
	}
}

function lengthOf(payload: unknown): number {
	// Whatever came parsed was counted by the transport's size limit already; a nominal length keeps it in the sum.
	return typeof payload === 'string' ? payload.length : 1_000;
}
