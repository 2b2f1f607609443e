import { CancelledError, ValidationError } from '../errors';
import type { StatementFilter, TransferMessage } from '../protocol';
import type { Session } from '../session/session';
import { getAccount } from './get-account';
import { MessageWatch } from './message-watch';
import { noAnswerError, readingError } from './operation-errors';
import type { ReadingOptions } from './repeat-reading';
import { repeatReading } from './repeat-reading';
import { byTransactionId, isNewer } from './transaction-id';
import { validAccountNumber } from './validate';

export interface StatementRequest {
	accountNumber: string;
	filter: StatementFilter;
}

export interface StatementOptions extends ReadingOptions {
	/** The protocol has no end marker: a statement is complete when for so many milliseconds nothing more came. */
	quietPeriod: number;
	/**
	 * Count the statement as complete only after a later `account` operation was answered as well: a server that answers in order has
	 * then sent everything. For whoever must be sure that something is *not* in a statement.
	 */
	provenComplete?: boolean;
}

const DIGITS = /^[0-9]{1,30}$/u;

/**
 * Transfers of an account (operation `statement`), oldest first. Nothing marks the end of a statement and nothing ties a record to
 * the request, so: one request at a time; what came before the acknowledgement fills up what is missing and nothing else; a limit that is reached is confirmed by a later `account` operation, whose answer a server
 * sends after the records; and live transfers that arrived meanwhile, being newer than the newest records asked for, take no
 * record's place.
 * @throws ValidationError, ConnectionError, AuthenticationError, RejectedError, OutcomeUnknownError, CancelledError
 */
export async function getStatement(
	session: Session,
	request: StatementRequest,
	options: StatementOptions,
): Promise<TransferMessage[]> {
	const accountNumber = validAccountNumber('accountNumber', request.accountNumber);
	for (const [field, value] of Object.entries<string>(request.filter)) {
		if (!DIGITS.test(value)) {
			throw new ValidationError(field, `The statement's ${field} is not a whole number`, 'Enter digits only.');
		}
	}
	return await session.queue.run(
		// Not one for each account: a transfer between two accounts of ours is in the statements of both.
		'statement',
		async () =>
			await repeatReading(session, options, async () => await askOnce(session, accountNumber, request.filter, options)),
	);
}

async function askOnce(
	session: Session,
	accountNumber: string,
	filter: StatementFilter,
	options: StatementOptions,
): Promise<TransferMessage[]> {
	const what = `The request for the statement of account ${accountNumber}`;
	const { clock } = session;
	const records = new Map<string, TransferMessage>();
	/** Came after the request and before its acknowledgement: announcements that were under way, which may be older than the newest records. */
	const earlier = new Map<string, TransferMessage>();
	let receivedBeforeAck = Infinity;
	let lastArrival = 0;
	let newest: string | undefined;
	const watch = new MessageWatch(session, ({ message }) => {
		if (message.type !== 'transfer') return;
		const { id, sendAccount, receiveAccount } = message.params;
		if (sendAccount !== accountNumber && receiveAccount !== accountNumber) return;
		if ('transactionId' in filter && id !== filter.transactionId) return;
		(session.messageCounts.delivered > receivedBeforeAck ? records : earlier).set(id, message);
		// What is newer than all that came before the fence was announced after it: it does not put off the end.
		if (fence.answered && newest !== undefined && isNewer(id, newest)) return;
		if (newest === undefined || isNewer(id, newest)) newest = id;
		lastArrival = clock.elapsed();
	});
	const limit = 'limit' in filter ? Number(filter.limit) : Infinity;
	const fence = new Fence(session, accountNumber, options, () => watch.wake());
	try {
		const outcome = await session.perform(
			{ operation: 'statement', params: { accountNumber, accountId: accountNumber, ...filter } },
			{
				ackTimeout: options.ackTimeout,
				signal: options.signal,
				onWritten: () => {
					watch.listening = true;
				},
				onAcknowledged: () => {
					receivedBeforeAck = session.messageCounts.received;
				},
			},
		);
		if (outcome.kind !== 'acknowledged') {
			throw readingError(what, accountNumber, session.server, outcome, options.signal?.aborted === true);
		}
		const acknowledged = clock.elapsed();
		if (options.provenComplete) fence.ask();
		for (;;) {
			if (options.signal?.aborted) throw new CancelledError(what, { accountNumber });
			if ('transactionId' in filter && records.size + earlier.size > 0) break;
			if (records.size >= limit) fence.ask();
			if (records.size >= limit && fence.answered) break;

			const now = clock.elapsed();
			// What is being verified has arrived, only nobody knows yet what it is.
			const quietSince = session.messageCounts.size > 0 ? now : Math.max(acknowledged, lastArrival, fence.answeredAt);
			const quietFor = now - quietSince;
			if (quietFor >= options.quietPeriod) {
				if (!options.provenComplete || fence.answered) break;
				if (fence.failure !== undefined) throw fence.failure;
			}
			if (now - acknowledged >= options.responseTimeout) {
				// Live transfers may keep an account from ever being quiet: then what is known to be sent in order decides.
				fence.ask();
				if (fence.answered) break;
				if (fence.failure !== undefined) throw noAnswerError(what, { accountNumber });
			}
			await watch.next(Math.max(options.quietPeriod - quietFor, 50), options.signal);
		}
	} finally {
		watch.stop();
		fence.abandon();
	}
	for (const id of records.keys()) earlier.delete(id);
	// Live transfers are newer than what was asked for, so they are what is too much at the end.
	const answered = inOrder(records.values()).slice(0, Math.min(limit, records.size));
	const missing = limit - answered.length;
	return missing > 0 ? inOrder([...inOrder(earlier.values()).slice(-missing), ...answered]) : answered;
}

function inOrder(records: Iterable<TransferMessage>): TransferMessage[] {
	return [...records].sort((a, b) => byTransactionId(a.params.id, b.params.id));
}

/** An `account` operation behind a statement: where a server answers in order, its answer comes after the last record. */
class Fence {
	answered = false;

	answeredAt = 0;

	failure: Error | undefined;

	#asked = false;

	readonly #abandon = new AbortController();

	constructor(
		private readonly session: Session,
		private readonly accountNumber: string,
		private readonly options: ReadingOptions,
		private readonly settled: () => void,
	) {}

	ask(): void {
		if (this.#asked) return;
		this.#asked = true;
		getAccount(
			this.session,
			{ accountNumber: this.accountNumber },
			{ ...this.options, signal: this.#abandon.signal, ownAnswerOnly: true },
		).then(
			() => {
				this.answered = true;
				this.answeredAt = this.session.clock.elapsed();
				this.settled();
			},
			(error: unknown) => {
				this.failure = error instanceof Error ? error : new Error('The account could not be asked');
				this.settled();
			},
		);
	}

	/** The statement is over: nobody waits for the answer any more. */
	abandon(): void {
		this.#abandon.abort();
	}
}
