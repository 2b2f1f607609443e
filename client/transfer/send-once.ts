import { CancelledError, ConnectionError, OutcomeUnknownError, RejectedError } from '../errors';
import type { TransferMessage } from '../protocol';
import type { Session } from '../session/session';
import { Confirmations } from './confirmations';
import type { Evidence, Expectation } from './confirmations';
import type { ValidTransfer } from './transfer-request';
import { describeTransfer, transferDetails, transferParams } from './transfer-request';

export interface SendOptions {
	/** Milliseconds to wait for the server's `ack` or `err`. */
	ackTimeout: number;
	/** Milliseconds to wait for the signed record, counted from the `ack`. */
	confirmationTimeout: number;
	waitForConfirmation: boolean;
	signal?: AbortSignal | undefined;
}

/** What is known after a transfer was written. */
export type Sent =
	| { readonly kind: 'accepted'; readonly nonce: number }
	| { readonly kind: 'confirmed'; readonly nonce: number; readonly message: TransferMessage }
	| { readonly kind: 'unknown'; readonly nonce: number };

/**
 * Signs and writes one transfer, once, and waits for what the options ask for. Silence after the writing is `unknown`, never a reason to write again.
 * @param newerThan only records newer than this transaction count as confirmation
 * @throws ConnectionError or CancelledError (nothing left this machine), RejectedError (it had no effect)
 */
export async function sendOnce(
	session: Session,
	transfer: ValidTransfer,
	newerThan: string | undefined,
	options: SendOptions,
): Promise<Sent> {
	const expectation = Confirmations.of(session).expect(transfer, newerThan);
	try {
		const outcome = await session.perform(
			{ operation: 'transfer', params: transferParams(transfer) },
			{ ackTimeout: options.ackTimeout, signal: options.signal, onWritten: (nonce) => expectation.written(nonce) },
		);
		switch (outcome.kind) {
			case 'notWritten':
				throw options.signal?.aborted ? new CancelledError(describeTransfer(transfer)) : outcome.error;
			case 'refused':
				throw new RejectedError(
					describeTransfer(transfer),
					outcome.reason,
					transferDetails(transfer, outcome.nonce),
					'No money moved. Correct what the server complains about before you repeat it.',
				);
			case 'acknowledged': {
				if (!options.waitForConfirmation) return { kind: 'accepted', nonce: outcome.nonce };
				const evidence = await expectation.evidence(options.confirmationTimeout, options.signal);
				return resultOf(transfer, outcome.nonce, evidence) ?? { kind: 'accepted', nonce: outcome.nonce };
			}
			case 'noAnswer': {
				const evidence = await lateEvidence(expectation, transfer, outcome.because, options);
				// Who neither knows what the account held before nor has a reference would take an older transfer that looks the same for this one.
				const isOurs = evidence?.kind === 'failed' || options.waitForConfirmation || transfer.reference !== undefined;
				const sent = isOurs ? resultOf(transfer, outcome.nonce, evidence) : undefined;
				return sent ?? { kind: 'unknown', nonce: outcome.nonce };
			}
		}
	} finally {
		expectation.forget();
	}
}

/** The acknowledgement is missing, but a signed record says more than it would have. */
async function lateEvidence(
	expectation: Expectation,
	transfer: ValidTransfer,
	because: 'timeout' | 'connectionLost' | 'cancelled',
	options: SendOptions,
): Promise<Evidence | undefined> {
	// After a lost connection the record may have been announced while nobody listened: whoever has a reference searches for it instead.
	const worthWaiting = because === 'timeout' && options.waitForConfirmation && transfer.reference === undefined;
	return await expectation.evidence(worthWaiting ? options.confirmationTimeout : 0, options.signal);
}

function resultOf(transfer: ValidTransfer, nonce: number, evidence: Evidence | undefined): Sent | undefined {
	if (evidence?.kind === 'failed') throw failedError(transfer, evidence);
	return evidence && { kind: 'confirmed', nonce, message: evidence.message };
}

function failedError(transfer: ValidTransfer, { nonce, reason }: Extract<Evidence, { kind: 'failed' }>): RejectedError {
	return new RejectedError(
		describeTransfer(transfer),
		reason,
		transferDetails(transfer, nonce),
		'The server accepted the request and then could not do it, and signed that. No money moved.',
	);
}

/** For a transfer that left and whose outcome could not be found out. */
export function unknownOutcome(transfer: ValidTransfer, nonce: number): OutcomeUnknownError {
	const advice =
		transfer.reference === undefined
			? 'It may have been paid or not. Look at the account’s statement before you repeat it: without a reference, repeating may pay twice.'
			: `It may have been paid or not. Repeat it with the same reference ${transfer.reference}: it is then looked up first, and never paid twice.`;
	return new OutcomeUnknownError(
		`${describeTransfer(transfer)} was sent (nonce ${nonce}) and not answered`,
		advice,
		transferDetails(transfer, nonce),
	);
}

/** Whether an error is certain to mean that the transfer had no effect. */
export function hadNoEffect(error: unknown): boolean {
	return error instanceof RejectedError || error instanceof ConnectionError || error instanceof CancelledError;
}
