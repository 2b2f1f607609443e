import type { Session, TransferMessage } from '../../client';
import { byTransactionId, pause } from '../../client';
import { beginAccount } from './baseline';
import type { Cursors } from './cursors';
import type { TriggerSettings } from './settings';
import { newestTransaction, OLDER_THAN_ANY, statementSince, timeOf } from './statements';

/** Transactions may be dated a little before the moment at which they are announced. */
const OVERLAP = 60 * 60_000;

/**
 * What the statements of the trigger's accounts say that it has not acted on yet. Sets where an account begins when it sees it for the first
 * time: at the newest transaction, or at the history that the user asked for.
 *
 * @param activatedNow whether this is the first activation, and the server was there from the start: all that there is was there before
 * @param arrived the transfers that arrived on this connection so far, those that our own statements brought included
 * @throws where a statement was not complete; what is known stays as it is, so that the next round repeats it
 */
export async function catchUp(
	session: Session,
	cursors: Cursors,
	settings: TriggerSettings,
	activatedNow: boolean,
	arrived: () => readonly TransferMessage[],
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	const missed: TransferMessage[] = [];
	for (const accountNumber of settings.accountNumbers) {
		const syncedUntil = cursors.syncedUntil(accountNumber);
		if (syncedUntil === undefined) {
			missed.push(...(await beginAccount(session, cursors, settings, accountNumber, activatedNow, arrived, signal)));
		} else if (settings.catchUp) {
			missed.push(...(await statementSince(session, accountNumber, (syncedUntil - OVERLAP) / 1_000, signal)));
		} else {
			const newest = await newestTransaction(session, accountNumber, signal);
			cursors.begin(accountNumber, newest?.params.id ?? OLDER_THAN_ANY, timeOf(newest, session));
		}
	}
	return missed;
}

/** Repeats catching up until it succeeds, with growing pauses, for as long as the connection is there. */
export async function untilCaughtUp(
	session: Session,
	signal: AbortSignal,
	attempt: () => Promise<void>,
	failed: (error: unknown) => void,
): Promise<void> {
	for (let pauseLength = 5_000; !signal.aborted; pauseLength = Math.min(2 * pauseLength, 300_000)) {
		try {
			await attempt();
			return;
		} catch (error) {
			failed(error);
		}
		await pause(session.clock, pauseLength, signal);
	}
}

export function inTransactionOrder(messages: readonly TransferMessage[]): TransferMessage[] {
	return [...messages].sort((a, b) => byTransactionId(a.params.id, b.params.id));
}
