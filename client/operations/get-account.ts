import { CancelledError, VerificationError } from '../errors';
import type { AccountMessage } from '../protocol';
import type { Session } from '../session/session';
import { AccountAnswers } from './account-answers';
import { MessageWatch } from './message-watch';
import { noAnswerError, readingError } from './operation-errors';
import type { ReadingOptions } from './repeat-reading';
import { repeatReading } from './repeat-reading';
import { validAccountNumber } from './validate';

export interface AccountOptions extends ReadingOptions {
	/**
	 * Take only the answer to this very request: where earlier ones are still unanswered, their answers are waited for first. For whoever
	 * concludes something from the order of answers, not from the balance.
	 */
	ownAnswerOnly?: boolean;
}

/**
 * The balance of an account (operation `account`). Only a signed answer for this very account that was never used before counts, so a
 * recorded older balance cannot be played back.
 * @throws ValidationError, ConnectionError, AuthenticationError, RejectedError, VerificationError, OutcomeUnknownError, CancelledError
 */
export async function getAccount(
	session: Session,
	request: { accountNumber: string },
	options: AccountOptions,
): Promise<AccountMessage> {
	const accountNumber = validAccountNumber('accountNumber', request.accountNumber);
	// Nothing but the account number ties an answer to its request: with one request at a time it is no guess.
	return await session.queue.run(
		`account ${accountNumber}`,
		async () => await repeatReading(session, options, async () => await askOnce(session, accountNumber, options)),
	);
}

async function askOnce(session: Session, accountNumber: string, options: AccountOptions): Promise<AccountMessage> {
	const what = `The request for the balance of account ${accountNumber}`;
	const details = { accountNumber };
	const answers = AccountAnswers.of(session);
	const watch = new MessageWatch(session);
	let answersOfOthers = 0;
	const received: AccountMessage[] = [];
	const removeListener = answers.onAnswer.add((message) => {
		if (!watch.listening || message.params.accountNumber !== accountNumber) return;
		if (answersOfOthers > 0) answersOfOthers -= 1;
		else received.push(message);
		watch.wake();
	});
	try {
		const outcome = await session.perform(
			{ operation: 'account', params: { accountNumber } },
			{
				ackTimeout: options.ackTimeout,
				signal: options.signal,
				onWritten: () => {
					// It is written again where its nonce was refused, and then the first writing is never answered.
					if (watch.listening) return;
					const unanswered = answers.requestWritten(accountNumber);
					answersOfOthers = options.ownAnswerOnly ? unanswered : 0;
					watch.listening = true;
				},
			},
		);
		if (outcome.kind === 'refused') answers.requestRefused(accountNumber);
		// A signed answer says more than the unsigned acknowledgement before it, so a lost one does not matter.
		const [early] = received;
		if (early) return early;
		if (outcome.kind !== 'acknowledged') {
			throw readingError(what, accountNumber, session.server, outcome, options.signal?.aborted === true);
		}
		const deadline = session.clock.elapsed() + options.responseTimeout;
		for (;;) {
			const [answer] = received;
			if (answer) return answer;
			if (options.signal?.aborted) throw new CancelledError(what, details);
			const remaining = deadline - session.clock.elapsed();
			if (remaining <= 0) throw watch.sawUnaccepted ? new VerificationError(`${what} was answered, and the answer did not pass verification`, details) : noAnswerError(what, details);
			await watch.next(remaining, options.signal);
		}
	} finally {
		watch.stop();
		removeListener();
	}
}
