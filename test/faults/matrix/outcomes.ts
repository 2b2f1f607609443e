import type { FaultName } from '../../../sandbox';
import type { Transport } from '../support/bank';

/** What the ledger shows of the transfer. `late`: booked, but only after the user was answered. */
export type Booked = 'paid' | 'paid late' | 'unpaid';

/** What the user was answered: the item’s status, or the error’s outcome. */
export type Answer = 'accepted' | 'confirmed' | 'rejected' | 'notSent' | 'unknown';

/** What a second run with the same reference does, when the fault is over. `paid`: it sends, for the first time. */
export type SecondRun = 'alreadySent' | 'pending' | 'paid';

/**
 * What comes of each operation while a fault is on.
 *
 * - `transfer`: without a reference, not waiting for the signed record
 * - `confirmedTransfer`: without a reference, waiting for it. A transfer just like it was booked before.
 * - `failingTransfer`: waiting likewise, of more than the account holds: the bank acknowledges it and then signs that it failed
 * - `transferWithReference`: and then once more
 * - `referenceSearch`: with a reference that is in the statement, paid by a process that is gone; the fault befalls the search.
 *   `paid again` is the only cell that pays twice: the bank itself left the payment out of its statement, and nobody recorded the attempt.
 * - `statement`, `account`: reading; `unknown` moves no money
 * - `announcement`: the trigger’s account is sent money, and the fault befalls the live connection
 * - `catchingUp`: the same happens during an interruption, and the fault befalls the statement that is read after it
 * - `authentication`: likewise, and the fault befalls `auth`
 *
 * The trigger’s workflow is always started once, by every transfer. `told`: the user’s error workflow was started as well. `at the next connection`:
 * nothing showed that something was missing, so it was found when the trigger next connected.
 */
export interface Outcomes {
	readonly transfer: `${Booked}: ${Answer}`;
	readonly confirmedTransfer: `${Booked}: ${Answer}`;
	readonly failingTransfer: `unpaid: ${Answer}`;
	readonly transferWithReference: `${Booked}: ${Answer}, then ${SecondRun}`;
	readonly referenceSearch: 'alreadySent' | 'notSent' | 'paid again';
	readonly statement: 'every record' | 'without that record' | 'no record' | Exclude<Answer, 'accepted' | 'confirmed'>;
	readonly account: 'balance' | Exclude<Answer, 'accepted' | 'confirmed'>;
	readonly announcement: TriggerOutcome;
	readonly catchingUp: TriggerOutcome;
	readonly authentication: TriggerOutcome;
}

export type TriggerOutcome = 'once' | 'once, told' | 'once, at the next connection' | 'once, told, at the next connection';

export type Column = keyof Outcomes;

export interface Row {
	readonly fault: FaultName;
	/** Where a fault comes in several forms. */
	readonly form?: string;
	/** Beside what the column sets: how often, and which operation or message it befalls. */
	readonly settings?: Readonly<Record<string, string | number | boolean>>;
	/** It befalls the acknowledgement and not the signed message. */
	readonly ofAcknowledgement?: true;
	/** Not once, but every time. */
	readonly always?: true;
	/** Where it cannot happen everywhere. */
	readonly transports?: readonly Transport[];
	readonly columns?: readonly Column[];
	/** Where it is not what happens on a day without faults. */
	readonly but?: Partial<Outcomes>;
	/** Words of what the user is told in these columns. */
	readonly says?: Partial<Record<Column, RegExp>>;
}

/** What happens on a day without faults. */
export const UNHARMED: Outcomes = {
	transfer: 'paid: accepted',
	confirmedTransfer: 'paid: confirmed',
	failingTransfer: 'unpaid: rejected',
	transferWithReference: 'paid: accepted, then alreadySent',
	referenceSearch: 'alreadySent',
	statement: 'every record',
	account: 'balance',
	announcement: 'once',
	catchingUp: 'once',
	authentication: 'once',
};
