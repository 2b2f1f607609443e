import type { Session, TransferMessage } from '../../client';
import { byTransactionId, DEFAULT_OPTIONS, getStatement, isNewer, pause } from '../../client';
import type { Cursors } from './cursors';
import type { TriggerSettings } from './settings';

/** Transactions may be dated a little before the moment at which they are announced. */
const OVERLAP = 60 * 60_000;
/** A first connection this soon after the activation counts as the activation itself. */
const PROMPT = 5_000;
const OLDER_THAN_ANY = '0';
/** How often a statement that draws the line between history and news is read again. */
const MAXIMUM_READINGS = 8;

/**
 * What the statements of the trigger's accounts say that it has not acted on yet. Sets where an account begins when it sees it for the first
 * time: at the newest transaction, or at the history that the user asked for.
 *
 * @param activatedNow whether this is the first activation, and the server was there from the start: all that there is was there before
 * @param arrived the ids of the transfers that arrived on this connection so far, those that our own statements brought included
 * @throws where a statement was not complete; what is known stays as it is, so that the next round repeats it
 */
export async function catchUp(
	session: Session,
	cursors: Cursors,
	settings: TriggerSettings,
	activatedNow: boolean,
	arrived: () => string[],
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	const missed: TransferMessage[] = [];
	for (const accountNumber of settings.accountNumbers) {
		const syncedUntil = cursors.syncedUntil(accountNumber);
		if (syncedUntil === undefined) {
			missed.push(...(await begin(session, cursors, settings, accountNumber, activatedNow, arrived, signal)));
		} else if (settings.catchUp) {
			missed.push(...(await statementSince(session, accountNumber, (syncedUntil - OVERLAP) / 1_000, signal)));
		} else {
			const newest = await newestTransaction(session, accountNumber, signal);
			cursors.begin(accountNumber, newest?.params.id ?? OLDER_THAN_ANY, timeOf(newest, session));
		}
	}
	return missed;
}

async function begin(
	session: Session,
	cursors: Cursors,
	settings: TriggerSettings,
	accountNumber: string,
	activatedNow: boolean,
	arrived: () => string[],
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	const now = session.clock.now();
	const newest = await newestTransaction(session, accountNumber, signal);
	const serverTime = timeOf(newest, session);
	let since = settings.historySince;
	if (since === undefined) {
		const activated = cursors.activatedAt;
		if (!newest || !settings.catchUp) {
			cursors.begin(accountNumber, newest?.params.id ?? OLDER_THAN_ANY, serverTime);
			return [];
		}
		// The newest record was signed just now, so it shows how far the two clocks are apart.
		since = (activated + serverTime - session.clock.now()) / 1_000;
		// The usual first activation: the newest transaction is the line between history and news. Only what was announced after the
		// activation, and before the line could be drawn, is news on its far side.
		if (activatedNow && now - activated < PROMPT) {
			const announced = announcedBefore(newest, arrived());
			const news = announced.size === 0 ? [] : await agreedStatementSince(session, accountNumber, since, signal);
			const missed = news.filter(({ params }) => announced.has(params.id));
			const floor = missed[0] ? before(missed[0].params.id) : newest.params.id;
			cursors.begin(accountNumber, floor, serverTime);
			return missed;
		}
		// The trigger was activated and had no chance to see the server until now: all that came in between is news.
	}
	const records = await agreedStatementSince(session, accountNumber, since, signal);
	const oldest = records[0];
	cursors.begin(accountNumber, oldest ? before(oldest.params.id) : (newest?.params.id ?? OLDER_THAN_ANY), serverTime);
	return records;
}

/** What arrived up to the newest transaction, without the one time that our own statement brought that. */
function announcedBefore(newest: TransferMessage, arrived: string[]): Set<string> {
	const { id } = newest.params;
	const ofStatement = arrived.lastIndexOf(id);
	return new Set(arrived.filter((other, index) => index !== ofStatement && !isNewer(other, id)));
}

async function newestTransaction(
	session: Session,
	accountNumber: string,
	signal: AbortSignal,
): Promise<TransferMessage | undefined> {
	const records = await getStatement(
		session,
		{ accountNumber, filter: { limit: '1' } },
		{ ...DEFAULT_OPTIONS, signal, provenComplete: true },
	);
	return records.at(-1);
}

async function statementSince(
	session: Session,
	accountNumber: string,
	unixSeconds: number,
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	const fromTime = String(Math.max(0, Math.floor(unixSeconds)));
	return await getStatement(
		session,
		{ accountNumber, filter: { fromTime } },
		{ ...DEFAULT_OPTIONS, signal, provenComplete: true },
	);
}

/**
 * The same, without history that somebody else's statement brought meanwhile: some servers send a statement to all clients of the key, and nothing tells
 * its records from ours. What is ours comes every time, so readings are compared until two in a row agree.
 */
async function agreedStatementSince(
	session: Session,
	accountNumber: string,
	unixSeconds: number,
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	let agreed = await statementSince(session, accountNumber, unixSeconds, signal);
	for (let reading = 0; reading < MAXIMUM_READINGS && agreed.length > 0; reading += 1) {
		const again = new Set((await statementSince(session, accountNumber, unixSeconds, signal)).map(({ params }) => params.id));
		const before = agreed.length;
		agreed = agreed.filter(({ params }) => again.has(params.id));
		const newest = agreed.at(-1)?.params.id ?? OLDER_THAN_ANY;
		if (agreed.length === before && [...again].filter((id) => !isNewer(id, newest)).length === before) break;
	}
	return agreed;
}

/** When the server signed a record for us, by its own clock: the record of a statement carries the time of the statement. */
function timeOf(message: TransferMessage | undefined, session: Session): number {
	return message ? Number(message.nonce) : session.clock.now();
}

function before(transactionId: string): string {
	return (BigInt(transactionId) - 1n).toString();
}

/** Repeats catching up until it succeeds, with growing pauses, for as long as the connection is there. */
export async function untilCaughtUp(
	session: Session,
	signal: AbortSignal,
	attempt: () => Promise<void>,
	failed: () => void,
): Promise<void> {
	for (let pauseLength = 5_000; !signal.aborted; pauseLength = Math.min(2 * pauseLength, 300_000)) {
		try {
			await attempt();
			return;
		} catch {
			failed();
		}
		await pause(session.clock, pauseLength, signal);
	}
}

export function inTransactionOrder(messages: readonly TransferMessage[]): TransferMessage[] {
	return [...messages].sort((a, b) => byTransactionId(a.params.id, b.params.id));
}
