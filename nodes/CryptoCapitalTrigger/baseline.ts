import type { IntactReading, Session, TransferMessage } from '../../client';
import { damagedStatementError, DEFAULT_OPTIONS, getAccount, isNewer, readIntact } from '../../client';
import type { Cursors } from './cursors';
import type { TriggerSettings } from './settings';
import { newestTransaction, OLDER_THAN_ANY, statementSince, timeOf } from './statements';

/** A first connection this soon after the activation counts as the activation itself. */
const PROMPT = 5_000;
/** How often the bank is asked again where what it says cannot be all, or can be old. */
const MAXIMUM_READINGS = 8;
const NO_MONEY = '0.00';

/**
 * Draws the line between history and news for an account that is seen for the first time: at its newest transaction, or at the history that the user asked
 * for. What is on its far side and news all the same is returned.
 * @throws where what the bank said was not complete; then no line is drawn
 */
export async function beginAccount(
	session: Session,
	cursors: Cursors,
	settings: TriggerSettings,
	accountNumber: string,
	activatedNow: boolean,
	arrived: () => readonly TransferMessage[],
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	const now = session.clock.now();
	const { newest, read } = await certainlyNewest(session, accountNumber, signal);
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
			const announced = announcedBefore(newest, read, arrived());
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

/** What was announced up to the newest transaction; what our own statements brought was not. */
function announcedBefore(newest: TransferMessage, read: readonly TransferMessage[], arrived: readonly TransferMessage[]): Set<string> {
	const isOurs = ({ nonce, params }: TransferMessage) => read.some((ours) => ours.nonce === nonce && ours.params.id === params.id);
	const announced = arrived.filter((message) => !isOurs(message) && !isNewer(message.params.id, newest.params.id));
	return new Set(announced.map(({ params }) => params.id));
}

/**
 * The newest transaction, so certainly that nothing before it is news. A record that was lost on its way, or an old one that somebody plays back in its
 * place, would make news of history: so two readings in a row must say the same in messages that were signed one after the other,
 * and nothing can be all there is only where there is no money either.
 * A bank that goes on saying so is believed, sooner or later: it may send records as it signed them once.
 */
async function certainlyNewest(
	session: Session,
	accountNumber: string,
	signal: AbortSignal,
): Promise<{ newest: TransferMessage | undefined; read: TransferMessage[] }> {
	const read: TransferMessage[] = [];
	const { isIntact } = await readIntact(session, async () => {
		for (let reading = 1; reading <= MAXIMUM_READINGS; reading += 1) {
			const last = read.at(-1);
			const record = await newestTransaction(session, accountNumber, signal);
			if (record) read.push(record);
			if (record && last?.params.id === record.params.id && isNewer(record.nonce, last.nonce)) break;
			if (read.length === 0 && reading > 1 && (await isEmpty(session, accountNumber, signal))) break;
		}
	});
	if (read.length === 0 && !isIntact) throw damagedStatementError(accountNumber);
	const [first, ...others] = read;
	const newest = first && others.reduce((found, record) => (isNewer(record.params.id, found.params.id) ? record : found), first);
	return { newest, read };
}

async function isEmpty(session: Session, accountNumber: string, signal: AbortSignal): Promise<boolean> {
	const { params } = await getAccount(session, { accountNumber }, { ...DEFAULT_OPTIONS, signal });
	return params.balance === NO_MONEY;
}

/**
 * A statement without history that came with it, and without a gap: some servers send a statement to all clients of the key, and nothing tells the records
 * of one from those of another; and a record can be lost or damaged on its way. So it is read until two readings in a row say the same.
 * Where they never do, only what both of the last two say counts.
 */
async function agreedStatementSince(
	session: Session,
	accountNumber: string,
	unixSeconds: number,
	signal: AbortSignal,
): Promise<TransferMessage[]> {
	let last: Reading | undefined;
	let common: TransferMessage[] = [];
	for (let reading = 1; reading <= MAXIMUM_READINGS; reading += 1) {
		const current = await readIntact(session, async () => await statementSince(session, accountNumber, unixSeconds, signal));
		if (last && agree(last, current)) return current.value;
		const ids = new Set((last ?? current).value.map(({ params }) => params.id));
		common = current.value.filter(({ params }) => ids.has(params.id));
		last = current;
	}
	return common;
}

type Reading = IntactReading<TransferMessage[]>;

/** Whether two readings say the same, apart from what is newer than the first of them. */
function agree(earlier: Reading, later: Reading): boolean {
	if (!earlier.isIntact || !later.isIntact) return false;
	if (earlier.value.length === 0) return later.value.length === 0;
	const newest = earlier.value.at(-1)?.params.id ?? OLDER_THAN_ANY;
	const known = later.value.filter(({ params }) => !isNewer(params.id, newest));
	return known.length === earlier.value.length && known.every(({ params }, index) => params.id === earlier.value[index]?.params.id);
}

function before(transactionId: string): string {
	return (BigInt(transactionId) - 1n).toString();
}
