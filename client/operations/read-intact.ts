import { VerificationError } from '../errors';
import type { Session } from '../session/session';

/** What was read, and whether that can be all. */
export interface IntactReading<T> {
	readonly value: T;
	/** Nothing arrived meanwhile that was not accepted: it may have been one of the records. */
	readonly isIntact: boolean;
}

/** Reads, and notices whether anything came meanwhile that did not pass verification. For whoever concludes something from what is missing. */
export async function readIntact<T>(session: Session, read: () => Promise<T>): Promise<IntactReading<T>> {
	let refused = 0;
	const stopListening = session.onUnaccepted.add(() => {
		refused += 1;
	});
	try {
		const value = await read();
		return { value, isIntact: refused === 0 };
	} finally {
		stopListening();
	}
}

/** For a statement in which something is missing that may have been there. */
export function damagedStatementError(accountNumber: string): VerificationError {
	return new VerificationError(`Something in the statement of account ${accountNumber} did not pass verification`, { accountNumber });
}
