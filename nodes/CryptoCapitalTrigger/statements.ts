import type { Session, TransferMessage } from '../../client';
import { DEFAULT_OPTIONS, getStatement } from '../../client';

/** Below every transaction id. */
export const OLDER_THAN_ANY = '0';

/** The newest transaction that the bank tells of, or undefined where it tells of none. @throws where the statement was not complete */
export async function newestTransaction(
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

/** Everything since a moment, oldest first. @throws where the statement was not complete */
export async function statementSince(
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

/** When the server signed a record for us, by its own clock: the record of a statement carries the time of the statement. */
export function timeOf(message: TransferMessage | undefined, session: Session): number {
	return message ? Number(message.nonce) : session.clock.now();
}
