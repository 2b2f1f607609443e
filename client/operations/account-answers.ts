import { BoundedSet } from '../bounded-set';
import { Listeners } from '../listeners';
import type { AccountMessage } from '../protocol';
import type { Session } from '../session/session';

const REMEMBERED_ANSWERS = 10_000;
/** An answer may come minutes later, or never: one that never comes must not hold up everybody after it for as long as the connection lasts. */
const GIVEN_UP_AFTER = 5 * 60_000;

/**
 * The answers to a session's `account` operations. Passes each signed answer on once, and keeps count of the requests of the present connection
 * whose answers are still to come: nothing but the account number ties an answer to its request, so a late answer to an
 * abandoned request would otherwise be taken for the answer to the next one.
 */
export class AccountAnswers {
	static readonly #bySession = new WeakMap<Session, AccountAnswers>();

	static of(session: Session): AccountAnswers {
		let answers = AccountAnswers.#bySession.get(session);
		if (!answers) {
			answers = new AccountAnswers(session);
			AccountAnswers.#bySession.set(session, answers);
		}
		return answers;
	}

	readonly onAnswer = new Listeners<AccountMessage>();

	readonly #digests = new BoundedSet<string>(REMEMBERED_ANSWERS);

	/** When each unanswered request was written, by account, oldest first. */
	readonly #outstanding = new Map<string, number[]>();

	private constructor(private readonly session: Session) {
		// What was asked on one connection is not answered on the next.
		session.onDisconnected.add(() => this.#outstanding.clear());
		session.onMessage.add(({ message, digest }) => {
			if (message.type !== 'account' || !this.#digests.add(digest)) return;
			this.#settle(message.params.accountNumber);
			this.onAnswer.emit(message);
		});
	}

	/** @returns how many earlier requests for this account were not answered yet */
	requestWritten(accountNumber: string): number {
		const now = this.session.clock.elapsed();
		const earlier = (this.#outstanding.get(accountNumber) ?? []).filter((written) => now - written < GIVEN_UP_AFTER);
		this.#outstanding.set(accountNumber, [...earlier, now]);
		return earlier.length;
	}

	/** A request that was written and refused is never answered. */
	requestRefused(accountNumber: string): void {
		this.#settle(accountNumber);
	}

	#settle(accountNumber: string): void {
		const [, ...later] = this.#outstanding.get(accountNumber) ?? [];
		if (later.length > 0) this.#outstanding.set(accountNumber, later);
		else this.#outstanding.delete(accountNumber);
	}
}
