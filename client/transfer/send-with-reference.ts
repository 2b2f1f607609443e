import { pause } from '../clock';
import { CancelledError, CryptoCapitalError, NotSentError, RejectedError } from '../errors';
import { KeyedQueue } from '../keyed-queue';
import type { TransferMessage } from '../protocol';
import type { Session } from '../session/session';
import type { AttemptRecord, Claim, ClaimOptions, ReferenceKey } from './attempts';
import { attemptMemory, keyText } from './attempts';
import { recordMatches } from './confirmations';
import { ReferenceSearches } from './reference-search';
import type { SendOptions, Sent } from './send-once';
import { hadNoEffect, sendOnce, unknownOutcome } from './send-once';
import type { ValidTransfer } from './transfer-request';
import { describeTransfer, transferDetails } from './transfer-request';

export interface ReferenceOptions extends SendOptions {
	responseTimeout: number;
	quietPeriod: number;
	/** How many days of statement are searched for the reference. */
	referenceLookbackDays: number;
	/** Milliseconds after which an attempt that is not in the statement may be made again. 0 means never. */
	resendAfter: number;
	/** The record that other processes see. Without one, the statement and this process's memory decide. */
	attempts?: AttemptRecord | undefined;
}

export type SentWithReference =
	| Sent
	/** It is in the statement: nothing was sent now. */
	| { readonly kind: 'alreadySent'; readonly message: TransferMessage }
	/** It was attempted before and is not in the statement (yet): nothing was sent now. */
	| { readonly kind: 'pending' };

type TransferWithReference = ValidTransfer & { readonly reference: string };

/** Sends of one reference in this process wait for each other. */
const inOrder = new KeyedQueue();

/**
 * Sends a transfer at most once under its reference, however often and from wherever it is tried: records the attempt, searches
 * the statement, and sends only what was neither attempted nor found.
 * @throws NotSentError where the search was not complete, RejectedError, ConnectionError, CancelledError, OutcomeUnknownError
 */
export async function sendWithReference(
	session: Session,
	transfer: TransferWithReference,
	options: ReferenceOptions,
): Promise<SentWithReference> {
	const key: ReferenceKey = { accountNumber: transfer.accountNumber, reference: transfer.reference };
	return await inOrder.run(`${session.publicKey} ${keyText(key)}`, async () => {
		if (options.signal?.aborted) throw new CancelledError(describeTransfer(transfer));
		const attempts = new CombinedAttempts(session, options.attempts);
		const claim = await whileRecording(transfer, async () => await attempts.claim(key, options));
		const release = async () => {
			// A record that cannot be taken back makes the next attempt pending: no reason to hide what is being reported now.
			if (claim !== 'attempted') await attempts.release(key).catch(() => undefined);
		};
		const found = await findBeforeSending(session, transfer, options, claim, release);
		if (found && !recordMatches(found, transfer)) {
			await release();
			throw new RejectedError(
				describeTransfer(transfer),
				`the reference ${transfer.reference} is taken`,
				{ ...transferDetails(transfer), takenBy: found.params.id },
				'Nothing was sent. Transaction ' +
					`${found.params.id} of ${found.params.date} carries this reference with another beneficiary, currency or amount. Use another reference.`,
			);
		}
		if (found) return { kind: 'alreadySent', message: found };
		if (claim === 'attempted') return { kind: 'pending' };
		const ours = await whileRecording(transfer, async () => await attempts.confirm(key, options), release);
		// Somebody else claimed it at the same moment, and it is theirs.
		if (!ours && !options.signal?.aborted) return { kind: 'pending' };
		return await sendNow(session, transfer, options, release);
	});
}

async function whileRecording<T>(
	transfer: TransferWithReference,
	work: () => Promise<T>,
	release?: () => Promise<void>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		await release?.();
		if (error instanceof CryptoCapitalError) throw error;
		throw new NotSentError(
			`${describeTransfer(transfer)} was not sent, because the attempt could not be recorded`,
			'Nothing was sent: repeating is safe. Check that n8n’s database works.',
			transferDetails(transfer),
		);
	}
}

async function findBeforeSending(
	session: Session,
	transfer: TransferWithReference,
	options: ReferenceOptions,
	claim: Claim,
	release: () => Promise<void>,
): Promise<TransferMessage | undefined> {
	try {
		return await search(session, transfer, options);
	} catch (error) {
		await release();
		if (options.signal?.aborted) throw new CancelledError(describeTransfer(transfer));
		const cause = error instanceof CryptoCapitalError ? `${error.message}. ${error.description}` : '';
		throw new NotSentError(
			`${describeTransfer(transfer)} was not sent, because the account’s statement could not be searched for the reference ${transfer.reference}`,
			(claim === 'attempted'
				? `Nothing was sent now. An earlier attempt with this reference may have been: repeating is safe, and looks for it first. ${cause}`
				: `Nothing was sent: repeating is safe. ${cause}`
			).trim(),
			transferDetails(transfer),
		);
	}
}

async function sendNow(
	session: Session,
	transfer: TransferWithReference,
	options: ReferenceOptions,
	release: () => Promise<void>,
): Promise<Sent> {
	let sent: Sent;
	try {
		sent = await sendOnce(session, transfer, undefined, options);
	} catch (error) {
		if (hadNoEffect(error)) await release();
		throw error;
	}
	if (sent.kind !== 'unknown') return sent;
	const message = await lookForIt(session, transfer, options);
	if (!message) throw unknownOutcome(transfer, sent.nonce);
	return { kind: 'confirmed', nonce: sent.nonce, message };
}

/** An outcome that is unknown may be found out: reconnects and searches the statement until the confirmation timeout. */
async function lookForIt(
	session: Session,
	transfer: TransferWithReference,
	options: ReferenceOptions,
): Promise<TransferMessage | undefined> {
	const { clock } = session;
	const end = clock.elapsed() + options.confirmationTimeout;
	while (clock.elapsed() < end && !options.signal?.aborted) {
		try {
			const found = await search(session, transfer, options);
			if (found) return recordMatches(found, transfer) ? found : undefined;
		} catch {
			// Not found out this time. The next round begins with reconnecting.
		}
		await pause(clock, Math.min(options.quietPeriod, Math.max(0, end - clock.elapsed())), options.signal);
	}
	return undefined;
}

async function search(
	session: Session,
	{ accountNumber, reference }: TransferWithReference,
	options: ReferenceOptions,
): Promise<TransferMessage | undefined> {
	const { ackTimeout, responseTimeout, quietPeriod, signal } = options;
	return await ReferenceSearches.of(session).find(accountNumber, reference, {
		ackTimeout,
		responseTimeout,
		quietPeriod,
		signal,
		lookbackDays: options.referenceLookbackDays,
	});
}

/** The process's memory, and the shared record where there is one: an attempt is ours only where both say so. */
class CombinedAttempts implements AttemptRecord {
	readonly #records: AttemptRecord[];

	constructor(session: Session, shared: AttemptRecord | undefined) {
		const memory = attemptMemory(session.publicKey, () => session.clock.elapsed());
		this.#records = shared ? [memory, shared] : [memory];
	}

	async claim(key: ReferenceKey, options: ClaimOptions): Promise<Claim> {
		const claimed: AttemptRecord[] = [];
		const claims: Claim[] = [];
		try {
			for (const record of this.#records) {
				const claim = await record.claim(key, options);
				claims.push(claim);
				if (claim === 'attempted') break;
				claimed.push(record);
			}
		} catch (error) {
			for (const record of claimed) await record.release(key);
			throw error;
		}
		if (!claims.includes('attempted')) return claims.includes('stale') ? 'stale' : 'first';
		// It is somebody else's, and may be taken back by them: what only we know must not keep it for ever.
		for (const record of claimed) await record.release(key);
		return 'attempted';
	}

	async confirm(key: ReferenceKey, options: Pick<ClaimOptions, 'signal'>): Promise<boolean> {
		for (const record of this.#records) {
			if (await record.confirm(key, options)) continue;
			if (!options.signal?.aborted) await this.release(key);
			return false;
		}
		return true;
	}

	async release(key: ReferenceKey): Promise<void> {
		for (const record of this.#records) await record.release(key);
	}
}
