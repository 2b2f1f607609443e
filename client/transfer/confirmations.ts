import { BoundedSet } from '../bounded-set';
import { getStatement } from '../operations/get-statement';
import type { StatementOptions } from '../operations/get-statement';
import { damagedStatementError, readIntact } from '../operations/read-intact';
import { isNewer } from '../operations/transaction-id';
import type { TransferMessage } from '../protocol';
import { printable } from '../protocol';
import type { Session } from '../session/session';
import type { ValidTransfer } from './transfer-request';

/** What the server's signature says about a transfer that was sent. */
export type Evidence =
	| { readonly kind: 'confirmed'; readonly message: TransferMessage }
	| { readonly kind: 'failed'; readonly nonce: number; readonly reason: string };

/** A transfer that was sent and waits for evidence. */
export interface Expectation {
	/** Each attempt to send it has a nonce of its own. */
	written(nonce: number): void;
	/** Resolves with the evidence, or with undefined after `milliseconds` or when the signal is aborted. */
	evidence(milliseconds: number, signal?: AbortSignal): Promise<Evidence | undefined>;
	/** Must be called at the end, whatever happened. */
	forget(): void;
}

interface Waiting {
	readonly transfer: ValidTransfer;
	readonly newerThan: string | undefined;
	readonly nonces: Set<number>;
	settle(evidence: Evidence): void;
}

const REMEMBERED_RECORDS = 100_000;

/**
 * Matches a session's verified messages with the transfers that wait for them. A record confirms by accounts, currency, amount and narrative, one
 * transfer only, and only where it is newer than what the account held before; a signed `error` fails by nonce.
 */
export class Confirmations {
	static readonly #bySession = new WeakMap<Session, Confirmations>();

	/** The one instance of a session: only it can see that a record has confirmed another transfer already. */
	static of(session: Session): Confirmations {
		let confirmations = Confirmations.#bySession.get(session);
		if (!confirmations) {
			confirmations = new Confirmations(session);
			Confirmations.#bySession.set(session, confirmations);
		}
		return confirmations;
	}

	readonly #waiting = new Set<Waiting>();

	readonly #usedRecords = new BoundedSet<string>(REMEMBERED_RECORDS);

	/** The newest transaction of each account that this connection showed. */
	readonly #newest = new Map<string, string>();

	/** On which connection the newest transaction of each account was asked for: where it was not, older ones may be all that was shown. */
	readonly #askedOn = new Map<string, number>();

	private constructor(private readonly session: Session) {
		session.onDisconnected.add(() => this.#newest.clear());
		session.onMessage.add(({ message }) => {
			if (message.type === 'transfer') this.#take(message);
			if (message.type === 'error') this.#fail(Number(message.params.nonce), printable(message.params.msg));
		});
	}

	/**
	 * The newest transaction of an account, so that an older one which looks the same (last month's rent) cannot confirm a new transfer.
	 * Asks the server once for each connection; what comes later is announced. That there is none counts only where it is certain.
	 * @throws whatever kept the reading from being complete
	 */
	async newestTransaction(accountNumber: string, options: StatementOptions): Promise<string | undefined> {
		const connection = this.session.connections;
		if (this.#askedOn.get(accountNumber) !== connection) {
			await this.#readNewest(accountNumber, options);
			this.#askedOn.set(accountNumber, connection);
		}
		return this.#newest.get(accountNumber);
	}

	async #readNewest(accountNumber: string, options: StatementOptions): Promise<void> {
		const { value: records, isIntact } = await readIntact(
			this.session,
			async () => await getStatement(this.session, { accountNumber, filter: { limit: '1' } }, { ...options, provenComplete: true }),
		);
		if (records.length === 0 && !isIntact) throw damagedStatementError(accountNumber);
	}

	/** Call it before writing, so that no evidence can come too early. */
	expect(transfer: ValidTransfer, newerThan: string | undefined): Expectation {
		let found: Evidence | undefined;
		let wake = () => {};
		const waiting: Waiting = {
			transfer,
			newerThan,
			nonces: new Set(),
			settle: (evidence) => {
				found = evidence;
				this.#waiting.delete(waiting);
				wake();
			},
		};
		this.#waiting.add(waiting);
		return {
			written: (nonce) => waiting.nonces.add(nonce),
			forget: () => {
				this.#waiting.delete(waiting);
			},
			evidence: async (milliseconds, signal) => {
				if (found || signal?.aborted) return found;
				await new Promise<void>((resolve) => {
					const end = () => {
						wake = () => {};
						cancelTimer();
						signal?.removeEventListener('abort', end);
						resolve();
					};
					const cancelTimer = this.session.clock.startTimer(milliseconds, end);
					wake = end;
					signal?.addEventListener('abort', end, { once: true });
				});
				return found;
			},
		};
	}

	#take(message: TransferMessage): void {
		const { id, sendAccount, receiveAccount } = message.params;
		for (const account of [sendAccount, receiveAccount]) {
			const newest = this.#newest.get(account);
			if (newest === undefined || isNewer(id, newest)) this.#newest.set(account, id);
		}
		if (this.#usedRecords.has(id)) return;
		for (const waiting of this.#waiting) {
			if (waiting.nonces.size === 0 || !confirms(message, waiting)) continue;
			this.#usedRecords.add(id);
			waiting.settle({ kind: 'confirmed', message });
			return;
		}
	}

	#fail(nonce: number, reason: string): void {
		for (const waiting of this.#waiting) {
			if (waiting.nonces.has(nonce)) waiting.settle({ kind: 'failed', nonce, reason });
		}
	}
}

/** Whether a record is a transfer as it was asked for. The amount counts in the currency that was asked for, whichever side has it. */
export function recordMatches({ params }: TransferMessage, transfer: ValidTransfer): boolean {
	const { sendCurrency, sendAmount, receiveCurrency, receiveAmount } = params;
	const { currency, amount } = transfer;
	return (
		params.sendAccount === transfer.accountNumber &&
		params.receiveAccount === transfer.beneficiary &&
		((sendCurrency === currency && sendAmount === amount.text) ||
			(receiveCurrency === currency && receiveAmount === amount.text))
	);
}

function confirms(message: TransferMessage, { transfer, newerThan }: Waiting): boolean {
	const { id, narrative } = message.params;
	return (
		recordMatches(message, transfer) &&
		narrative === transfer.sentNarrative &&
		(newerThan === undefined || isNewer(id, newerThan))
	);
}
