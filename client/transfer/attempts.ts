import { BoundedMap } from '../bounded-map';

/** A reference is unique for the account that is sent from. */
export interface ReferenceKey {
	readonly accountNumber: string;
	readonly reference: string;
}

export interface ClaimOptions {
	/** Milliseconds after which an undecided attempt counts as `stale`. 0 means never. */
	resendAfter: number;
	signal?: AbortSignal | undefined;
}

/**
 * - `first`: nobody recorded an attempt before, or the last one was taken back. The attempt is now recorded, and ours.
 * - `stale`: the last attempt is older than `resendAfter`. A new one is now recorded, and ours.
 * - `attempted`: somebody tried, or it is not certain that nobody did.
 */
export type Claim = 'first' | 'stale' | 'attempted';

/**
 * Where attempts to send under a reference are recorded before anything is sent. To keep its promise across processes and crashes, a record
 * must be seen by every process that sends for the account, and survive a crash.
 */
export interface AttemptRecord {
	/** Records an attempt. Several at the same moment may be told that it is theirs; which of them it really is says {@link confirm}. */
	claim(key: ReferenceKey, options: ClaimOptions): Promise<Claim>;

	/**
	 * Asked after a claim that was not `attempted`, right before the sending: whether the attempt is still ours. Of several that claimed at the same
	 * moment at most one hears that it is.
	 */
	confirm(key: ReferenceKey, options: Pick<ClaimOptions, 'signal'>): Promise<boolean>;

	/** Takes the record back where it is ours: the attempt is known to have had no effect. */
	release(key: ReferenceKey): Promise<void>;
}

/** Many more than a process can send while any of them is still undecided. */
const REMEMBERED_ATTEMPTS = 1_000_000;

/**
 * The process's own memory of attempts. By itself it protects against retries of the same process only: it is used beside the statement where
 * there is no database to record in.
 */
export class AttemptMemory implements AttemptRecord {
	/** When each attempt was made, oldest first. */
	readonly #attempts = new BoundedMap<string, number>(REMEMBERED_ATTEMPTS);

	constructor(private readonly elapsed: () => number) {}

	async claim(key: ReferenceKey, { resendAfter }: ClaimOptions): Promise<Claim> {
		const text = keyText(key);
		const attemptedAt = this.#attempts.get(text);
		const now = this.elapsed();
		const stale = attemptedAt !== undefined && resendAfter > 0 && now - attemptedAt >= resendAfter;
		if (attemptedAt !== undefined && !stale) return 'attempted';
		this.#attempts.set(text, now);
		return stale ? 'stale' : 'first';
	}

	/** Nobody else can have claimed it: in one process claims happen one after the other. */
	async confirm(): Promise<boolean> {
		return true;
	}

	async release(key: ReferenceKey): Promise<void> {
		this.#attempts.delete(keyText(key));
	}
}

const memories = new Map<string, AttemptMemory>();

/** The one memory of a key in this process. */
export function attemptMemory(publicKey: string, elapsed: () => number): AttemptMemory {
	let memory = memories.get(publicKey);
	if (!memory) {
		memory = new AttemptMemory(elapsed);
		memories.set(publicKey, memory);
	}
	return memory;
}

/** Neither part can contain a space, so no two keys have one text. */
export function keyText({ accountNumber, reference }: ReferenceKey): string {
	return `${accountNumber} ${reference}`;
}
