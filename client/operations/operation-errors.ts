import type { CryptoCapitalError } from '../errors';
import { CancelledError, ConnectionError, OutcomeUnknownError, RejectedError } from '../errors';
import type { OperationOutcome } from '../session/operation-writer';

/**
 * What to tell the user of a reading operation that was not acknowledged.
 * @param what the operation in words, with the account it concerns, at the start of a sentence
 * @param server as {@link ConnectionError} names it
 * @param cancelled whether the caller gave up, which is then why nothing was written
 */
export function readingError(
	what: string,
	accountNumber: string,
	server: string,
	outcome: Exclude<OperationOutcome, { kind: 'acknowledged' }>,
	cancelled: boolean,
): CryptoCapitalError {
	const details = { accountNumber };
	switch (outcome.kind) {
		case 'notWritten':
			return cancelled ? new CancelledError(what, details) : outcome.error;
		case 'refused':
			return new RejectedError(what, outcome.reason, { ...details, nonce: String(outcome.nonce) });
		case 'noAnswer':
			if (outcome.because === 'cancelled') return new CancelledError(what, details);
			// As where the connection is lost after the acknowledgement: what was asked on it can be asked again on the next one.
			if (outcome.because === 'connectionLost') return new ConnectionError('lost', server);
			return noAnswerError(what, details);
	}
}

/** For a reading operation that left and was not answered. */
export function noAnswerError(what: string, details: Readonly<Record<string, string>>): CryptoCapitalError {
	return new OutcomeUnknownError(
		`${what} was not answered`,
		'Reading moves no money, so it is safe to try again. If the server is only slow, raise the time-outs in the options.',
		details,
	);
}
