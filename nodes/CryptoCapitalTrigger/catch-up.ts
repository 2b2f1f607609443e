import type { Session, TransferMessage } from '../../client';
import { byTransactionId, DEFAULT_OPTIONS, getStatement, isNewer, pause } from '../../client';
import type { Cursors } from './cursors';
import type { TriggerSettings } from './settings';

/** Transactions may be dated a little before the moment at which they are announced. */
const OVERLAP = 60 * 60_000;
/** A first connection this soon after the activation counts as the activation itself. */
const PROMPT = 2_000;
const OLDER_THAN_ANY = '0';

/** What a round of catching up works with. */
export interface CatchUpContext {
	readonly session: Session;
	readonly cursors: Cursors;
	readonly settings: TriggerSettings;
	/** When this run of the trigger began, by this machine's clock. */
	readonly startedAt: number;
	/** The transfers that were announced on this connection so far. They are news, whatever the statements say. */
	readonly live: () => readonly TransferMessage[];
	readonly signal: AbortSignal;
}

/**
 * What the statements of the trigger's accounts say that it has not acted on yet. Sets where an account begins when it sees it for the first
 * time: at the newest transaction, or at the history that the user asked for.
 *
 * @throws where a statement was not complete; what is known stays as it is, so that the next round repeats it
 */
export async function catchUp(context: CatchUpContext): Promise<TransferMessage[]> {
	const { session, cursors, settings, signal } = context;
	const missed: TransferMessage[] = [];
	for (const accountNumber of settings.accountNumbers) {
		const syncedUntil = cursors.syncedUntil(accountNumber);
		if (syncedUntil === undefined) {
			missed.push(...(await begin(context, accountNumber)));
		} else if (settings.catchUp) {
			missed.push(...(await statementSince(session, accountNumber, Math.floor((syncedUntil - OVERLAP) / 1_000), signal)));
		} else {
			const newest = await newestTransaction(session, accountNumber, signal);
			const news = liveOf(context, accountNumber).filter(({ params }) => cursors.isNew(params.id, [accountNumber]));
			cursors.begin(accountNumber, lineBefore(news, newest), timeOf(newest, session));
		}
	}
	return missed;
}

async function begin(context: CatchUpContext, accountNumber: string): Promise<TransferMessage[]> {
	const { session, cursors, settings, startedAt, signal } = context;
	const now = session.clock.now();
	const newest = await newestTransaction(session, accountNumber, signal);
	const serverTime = timeOf(newest, session);
	const since = async (unixSeconds: number) => await statementSince(session, accountNumber, unixSeconds, signal);
	if (settings.historySince !== undefined) {
		const records = await since(settings.historySince);
		cursors.begin(accountNumber, lineBefore(records, newest), serverTime);
		return records;
	}
	// The newest record was signed just now, so it shows how far the two clocks are apart.
	const activated = (cursors.activatedAt + serverTime - session.clock.now()) / 1_000;
	const prompt = cursors.activatedAt >= startedAt && now - cursors.activatedAt < PROMPT;
	// Without a chance to see the server until now, what came in between is news. Statements count in seconds: of the second of the
	// activation it cannot be told what was before it.
	const missed = prompt || !newest || !settings.catchUp ? [] : await since(Math.ceil(activated));
	let news = liveOf(context, accountNumber);
	if (newest && news.length > 0) {
		// A server may show this connection a statement that another client of the key asked for: it is no announcement.
		const recent = new Set((await since(Math.floor(activated))).map(({ params }) => params.id));
		news = news.filter(({ params }) => recent.has(params.id));
	}
	cursors.begin(accountNumber, lineBefore([...missed, ...news], newest), serverTime);
	return missed;
}

function liveOf({ live }: CatchUpContext, accountNumber: string): TransferMessage[] {
	return live().filter(({ params }) => params.sendAccount === accountNumber || params.receiveAccount === accountNumber);
}

/** The last transaction that is history: the newest, or the one before the oldest piece of news. */
function lineBefore(news: readonly TransferMessage[], newest: TransferMessage | undefined): string {
	const last = newest?.params.id ?? OLDER_THAN_ANY;
	const oldest = inTransactionOrder(news)[0];
	if (!oldest) return last;
	const beforeNews = (BigInt(oldest.params.id) - 1n).toString();
	return byTransactionId(beforeNews, last) < 0 ? beforeNews : last;
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
	const fromTime = String(Math.max(0, unixSeconds));
	return await getStatement(
		session,
		{ accountNumber, filter: { fromTime } },
		{ ...DEFAULT_OPTIONS, signal, provenComplete: true },
	);
}

/** When the server signed a record for us, by its own clock: the record of a statement carries the time of the statement. */
function timeOf(message: TransferMessage | undefined, session: Session): number {
	return message ? Number(message.nonce) : session.clock.now();
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
