import type { IDataObject } from 'n8n-workflow';

import { isNewer } from '../../client';
import { DoneTransactions } from './done-transactions';

/** What is known of one account. */
interface AccountCursor {
	/** Every transaction up to this one is over: it was done, or it was history when the trigger began. */
	floor: string;
	/** Transactions above the floor that are done. Where the oldest of them makes room, the floor rises to it. */
	readonly done: DoneTransactions;
	/** Server time up to which nothing can be missing, in milliseconds. */
	syncedUntil: number;
}

const TRANSACTION_ID = /^[0-9]+$/u;

/**
 * An execution that was being created so long ago is over. n8n forgets a de-duplication key with its execution, at once where successful
 * executions are not saved, so emitting the event again would repeat it. The price: a crash within the milliseconds between the saving and the
 * creation loses the event where n8n then stays down for longer than this.
 */
const IN_FLIGHT_AT_MOST = 60 * 60_000;

interface SavedCursors {
	accounts?: Record<string, { floor: string; done: string; syncedUntil: number }>;
	activatedAt?: number;
	inFlight?: string[];
	inFlightSince?: number;
}

/** What this process knows of each trigger: more than was saved, since n8n saves nothing when an execution ends. */
const known = new Map<string, Cursors>();

/**
 * Which transfers are done. It lives in the node's static data, which n8n saves when an event is emitted, before its execution exists: therefore a
 * transfer counts as done only after its execution ended, and rides along with the next event. A crash then repeats at most what n8n's own
 * de-duplication key suppresses.
 */
export class Cursors {
	readonly #accounts = new Map<string, AccountCursor>();

	/** When the trigger was first activated, by this machine's clock. */
	readonly activatedAt: number;

	/** The events whose executions were being created, or have not ended. */
	#inFlight: readonly string[];

	/**
	 * The cursors of one trigger. Where the process has held them before (the workflow was deactivated, or published anew), it goes on with those;
	 * otherwise with what was saved.
	 */
	static of(identity: string, staticData: IDataObject, now: number): Cursors {
		const earlier = known.get(identity);
		if (earlier && earlier.activatedAt === staticData.activatedAt) {
			earlier.staticData = staticData;
			return earlier;
		}
		const cursors = new Cursors(staticData, now);
		known.set(identity, cursors);
		return cursors;
	}

	constructor(
		private staticData: IDataObject,
		now: number,
	) {
		const saved = staticData as SavedCursors;
		this.activatedAt = typeof saved.activatedAt === 'number' ? saved.activatedAt : now;
		this.#inFlight = Array.isArray(saved.inFlight) ? saved.inFlight : [];
		for (const [accountNumber, cursor] of Object.entries(saved.accounts ?? {})) {
			this.#accounts.set(accountNumber, { ...cursor, done: new DoneTransactions(cursor.done) });
		}
		if (now - (saved.inFlightSince ?? now) > IN_FLIGHT_AT_MOST) {
			for (const key of this.#inFlight.filter((inFlight) => TRANSACTION_ID.test(inFlight))) this.setDone(key, this.#accounts.keys());
			this.#inFlight = [];
		}
		// n8n saves the static data once when the trigger has been started, so this survives even where no event ever comes.
		staticData.activatedAt = this.activatedAt;
	}

	/** The events that were interrupted: they must go together again, under the same key. */
	get interrupted(): readonly string[] {
		return this.#inFlight;
	}

	/** Whether this account has a floor: without one nothing can be told to be new. */
	knows(accountNumber: string): boolean {
		return this.#accounts.has(accountNumber);
	}

	syncedUntil(accountNumber: string): number | undefined {
		return this.#accounts.get(accountNumber)?.syncedUntil;
	}

	/** Sets where an account begins: everything up to `floor` is history. */
	begin(accountNumber: string, floor: string, serverTime: number): void {
		const cursor = this.#accounts.get(accountNumber);
		if (!cursor) {
			this.#accounts.set(accountNumber, { floor, done: new DoneTransactions(), syncedUntil: serverTime });
			return;
		}
		if (isNewer(floor, cursor.floor)) cursor.floor = floor;
		cursor.done.forgetUpTo(cursor.floor);
		cursor.syncedUntil = Math.max(cursor.syncedUntil, serverTime);
	}

	/** Whether a transfer that concerns these accounts of ours is still to be acted on. */
	isNew(transactionId: string, accountNumbers: readonly string[]): boolean {
		const cursors = accountNumbers.flatMap((accountNumber) => this.#accounts.get(accountNumber) ?? []);
		if (cursors.some(({ done }) => done.has(transactionId))) return false;
		return cursors.some(({ floor }) => isNewer(transactionId, floor));
	}

	/** The transfer needs no more attention: its execution ended, or it starts none. */
	setDone(transactionId: string, accountNumbers: Iterable<string>): void {
		for (const accountNumber of accountNumbers) {
			const cursor = this.#accounts.get(accountNumber);
			if (!cursor || !isNewer(transactionId, cursor.floor)) continue;
			cursor.floor = cursor.done.add(transactionId) ?? cursor.floor;
		}
	}

	/** Nothing before `serverTime` can be missing any more. */
	setSynced(accountNumbers: Iterable<string>, serverTime: number): void {
		for (const accountNumber of accountNumbers) {
			const cursor = this.#accounts.get(accountNumber);
			if (cursor) cursor.syncedUntil = Math.max(cursor.syncedUntil, serverTime);
		}
	}

	/** Puts where the accounts begin and what is done into the static data. n8n only notices changes of top-level fields. */
	saveAccounts(): void {
		this.staticData.accounts = Object.fromEntries(
			[...this.#accounts].map(([accountNumber, { floor, done, syncedUntil }]) => [accountNumber, { floor, done: done.text, syncedUntil }]),
		);
	}

	/** Puts everything into the static data, right before an event is emitted. */
	save(inFlight: readonly string[], now: number): void {
		this.#inFlight = [...inFlight];
		this.saveAccounts();
		this.staticData.inFlight = [...inFlight];
		this.staticData.inFlightSince = now;
	}

	/** The execution of these events has ended. It is remembered in this process, and saved with the next event. */
	setEnded(inFlight: readonly string[]): void {
		if (inFlight.join() === this.#inFlight.join()) this.#inFlight = [];
	}
}
