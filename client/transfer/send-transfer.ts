import { CancelledError, CryptoCapitalError, NotSentError } from '../errors';
import type { TransferMessage } from '../protocol';
import type { Session } from '../session/session';
import { Confirmations } from './confirmations';
import type { Sent } from './send-once';
import { sendOnce, unknownOutcome } from './send-once';
import type { ReferenceOptions, SentWithReference } from './send-with-reference';
import { sendWithReference } from './send-with-reference';
import type { TransferRequest, ValidTransfer } from './transfer-request';
import { describeTransfer, readTransferRequest, transferDetails } from './transfer-request';

/** A transfer as it was sent, or would have been. */
export interface SentTransfer extends Omit<ValidTransfer, 'amount'> {
	/** A decimal with exactly two decimals. */
	readonly amount: string;
}

/** All times in milliseconds. */
export type TransferOptions = ReferenceOptions;

export interface TransferResult {
	/**
	 * `accepted`: acknowledged by the server. `confirmed`: the signed record arrived. `pending`: sent before under this reference, outcome not
	 * known yet; nothing was sent now.
	 */
	readonly status: 'accepted' | 'confirmed' | 'pending';
	/** This result reports an earlier send. */
	readonly alreadySent: boolean;
	/** Of the operation that was sent now. */
	readonly nonce?: number;
	readonly transfer: SentTransfer;
	/** The signed record, once it is known. */
	readonly record?: TransferMessage;
}

/**
 * Sends money (operation `transfer`). A transfer that did not happen is an error, whose `outcome` says which of three it is.
 *
 * The narrative is not covered by the request's signature: TLS alone protects it on its way.
 * @throws ValidationError, ConnectionError, AuthenticationError, RejectedError, NotSentError, OutcomeUnknownError, CancelledError
 */
export async function sendTransfer(
	session: Session,
	request: TransferRequest,
	options: TransferOptions,
): Promise<TransferResult> {
	const transfer = readTransferRequest(request);
	await session.ready(options.ackTimeout, options.signal);
	const { reference } = transfer;
	const sent =
		reference === undefined
			? await sendWithoutReference(session, transfer, options)
			: await sendWithReference(session, { ...transfer, reference }, options);
	return resultOf(transfer, sent);
}

async function sendWithoutReference(
	session: Session,
	transfer: ValidTransfer,
	options: TransferOptions,
): Promise<Sent> {
	const newerThan = options.waitForConfirmation ? await newestBeforeSending(session, transfer, options) : undefined;
	const sent = await sendOnce(session, transfer, newerThan, options);
	if (sent.kind === 'unknown') throw unknownOutcome(transfer, sent.nonce);
	return sent;
}

/** Reading comes first, so whatever becomes of it, the transfer was not sent: an outcome of the reading must not pass for the transfer's. */
async function newestBeforeSending(
	session: Session,
	transfer: ValidTransfer,
	options: TransferOptions,
): Promise<string | undefined> {
	try {
		return await Confirmations.of(session).newestTransaction(transfer.accountNumber, options);
	} catch (error) {
		if (options.signal?.aborted) throw new CancelledError(describeTransfer(transfer), transferDetails(transfer));
		const cause = error instanceof CryptoCapitalError ? `${error.message}. ${error.description}` : '';
		throw new NotSentError(
			`${describeTransfer(transfer)} was not sent, because the account’s newest transaction could not be read, which tells its confirmation from older transfers`,
			`Nothing was sent: repeating is safe. ${cause}`.trim(),
			transferDetails(transfer),
		);
	}
}

function resultOf(valid: ValidTransfer, sent: SentWithReference): TransferResult {
	const transfer: SentTransfer = { ...valid, amount: valid.amount.text };
	switch (sent.kind) {
		case 'accepted':
			return { status: 'accepted', alreadySent: false, nonce: sent.nonce, transfer };
		case 'confirmed':
			return { status: 'confirmed', alreadySent: false, nonce: sent.nonce, transfer, record: sent.message };
		case 'alreadySent':
			return { status: 'confirmed', alreadySent: true, transfer, record: sent.message };
		case 'pending':
		case 'unknown':
			return { status: 'pending', alreadySent: true, transfer };
	}
}
