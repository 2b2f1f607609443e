import { BoundedSet } from '../bounded-set';
import { CancelledError, VerificationError } from '../errors';
import type { AccountMessage } from '../protocol';
import type { Session } from '../session/session';
import { MessageWatch } from './message-watch';
import { noAnswerError, readingError } from './operation-errors';
import type { ReadingOptions } from './repeat-reading';
import { repeatReading } from './repeat-reading';
import { validAccountNumber } from './validate';

const REMEMBERED_ANSWERS = 10_000;
const answered = new WeakMap<Session, BoundedSet<string>>();

/**
 * The balance of an account (operation `account`). Only a signed answer for this very account that was never used before counts, so a
 * recorded older balance cannot be played back.
 * @throws ValidationError, ConnectionError, AuthenticationError, RejectedError, VerificationError, OutcomeUnknownError, CancelledError
 */
export async function getAccount(
	session: Session,
	request: { accountNumber: string },
	options: ReadingOptions,
): Promise<AccountMessage> {
	const accountNumber = validAccountNumber('accountNumber', request.accountNumber);
	// Nothing but the account number ties an answer to its request: with one request at a time it is no guess.
	return await session.queue.run(
		`account ${accountNumber}`,
		async () => await repeatReading(session, options, async () => await askOnce(session, accountNumber, options)),
	);
}

async function askOnce(session: Session, accountNumber: string, options: ReadingOptions): Promise<AccountMessage> {
	const what = `The request for the balance of account ${accountNumber}`;
	const digests = answersOf(session);
	let answer: AccountMessage | undefined;
	const watch = new MessageWatch(session, ({ message, digest }) => {
		if (message.type !== 'account' || message.params.accountNumber !== accountNumber) return;
		if (digests.add(digest)) answer = message;
	});
	try {
		const outcome = await session.perform(
			{ operation: 'account', params: { accountNumber } },
			{
				ackTimeout: options.ackTimeout,
				signal: options.signal,
				onWritten: () => {
					watch.listening = true;
				},
			},
		);
		// A signed answer says more than the unsigned acknowledgement before it, so a lost one does not matter.
		if (answer) return answer;
		if (outcome.kind !== 'acknowledged') throw readingError(what, accountNumber, outcome);
		const deadline = session.clock.elapsed() + options.responseTimeout;
		for (;;) {
			const remaining = deadline - session.clock.elapsed();
			if (answer) return answer;
			if (options.signal?.aborted) throw new CancelledError(what, { accountNumber });
			if (remaining <= 0) break;
			await watch.next(remaining, options.signal);
		}
		throw watch.sawUnaccepted
			? new VerificationError(what, { accountNumber })
			: noAnswerError(what, { accountNumber });
	} finally {
		watch.stop();
	}
}

function answersOf(session: Session): BoundedSet<string> {
	let digests = answered.get(session);
	if (!digests) {
		digests = new BoundedSet(REMEMBERED_ANSWERS);
		answered.set(session, digests);
	}
	return digests;
}
