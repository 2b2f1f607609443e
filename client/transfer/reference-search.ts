import type { CryptoCapitalError } from '../errors';
import { CancelledError } from '../errors';
import type { StatementOptions } from '../operations/get-statement';
import { getStatement } from '../operations/get-statement';
import type { IntactReading } from '../operations/read-intact';
import { damagedStatementError, readIntact } from '../operations/read-intact';
import type { TransferMessage } from '../protocol';
import type { Session } from '../session/session';
import { narrativeHasReference } from './reference';

export interface SearchOptions extends StatementOptions {
	/** How far back to search, in days. */
	lookbackDays: number;
}

type Searched = IntactReading<readonly TransferMessage[]>;

interface Search {
	lookbackDays: number;
	readonly result: Promise<Searched>;
}

const SECONDS_PER_DAY = 86_400;
/** The server's clock and ours may differ. */
const MARGIN_SECONDS = 3_600;

/**
 * Searches statements for references. A search begins after it was asked for, never before, and counts only where it is proven complete. All who ask for
 * the same account before it begins share one.
 */
export class ReferenceSearches {
	static readonly #bySession = new WeakMap<Session, ReferenceSearches>();

	static of(session: Session): ReferenceSearches {
		let searches = ReferenceSearches.#bySession.get(session);
		if (!searches) {
			searches = new ReferenceSearches(session);
			ReferenceSearches.#bySession.set(session, searches);
		}
		return searches;
	}

	/** For each account the search that has not begun yet. */
	readonly #upcoming = new Map<string, Search>();

	readonly #running = new Map<string, Promise<unknown>>();

	private constructor(private readonly session: Session) {}

	/**
	 * The newest transfer from this account whose narrative ends with the reference, or undefined where there is certainly none.
	 * @throws whatever kept the search from being complete
	 */
	async find(
		accountNumber: string,
		reference: string,
		options: SearchOptions,
	): Promise<TransferMessage | undefined> {
		const { value: records, isIntact } = await abandonable(this.#search(accountNumber, options), options.signal);
		const found = records.findLast(
			({ params }) => params.sendAccount === accountNumber && narrativeHasReference(params.narrative, reference),
		);
		if (!found && !isIntact) throw damagedStatementError(accountNumber);
		return found;
	}

	async #search(accountNumber: string, options: SearchOptions): Promise<Searched> {
		const upcoming = this.#upcoming.get(accountNumber);
		if (upcoming) {
			upcoming.lookbackDays = Math.max(upcoming.lookbackDays, options.lookbackDays);
			return await upcoming.result;
		}
		const running = this.#running.get(accountNumber) ?? Promise.resolve();
		const search: Search = {
			lookbackDays: options.lookbackDays,
			result: running.then(async () => {
				this.#upcoming.delete(accountNumber);
				return await this.#read(accountNumber, search.lookbackDays, options);
			}),
		};
		this.#upcoming.set(accountNumber, search);
		const settled = search.result.catch(() => undefined);
		this.#running.set(accountNumber, settled);
		void settled.then(() => {
			if (this.#running.get(accountNumber) === settled) this.#running.delete(accountNumber);
		});
		return await search.result;
	}

	async #read(accountNumber: string, lookbackDays: number, options: SearchOptions): Promise<Searched> {
		const now = Math.floor(this.session.clock.now() / 1_000);
		const fromTime = Math.max(0, now - Math.ceil(lookbackDays * SECONDS_PER_DAY) - MARGIN_SECONDS);
		const { ackTimeout, responseTimeout, quietPeriod } = options;
		return await readIntact(
			this.session,
			// Without the caller's signal: others may be waiting for the same search.
			async () =>
				await getStatement(
					this.session,
					{ accountNumber, filter: { fromTime: String(fromTime) } },
					{ ackTimeout, responseTimeout, quietPeriod, provenComplete: true },
				),
		);
	}
}

/** Waits for shared work, but no longer than the caller wants to. */
async function abandonable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (!signal) return await work;
	return await new Promise<T>((resolve, reject) => {
		const abandon = () => reject(new CancelledError('The transfer'));
		if (signal.aborted) abandon();
		signal.addEventListener('abort', abandon, { once: true });
		work.then(resolve, (error: unknown) => reject(error as CryptoCapitalError)).finally(() =>
			signal.removeEventListener('abort', abandon),
		);
	});
}
