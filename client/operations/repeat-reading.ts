import { ConnectionError } from '../errors';
import type { Session } from '../session/session';

export interface ReadingOptions {
	/** Milliseconds for the connection to be there, and for the server to acknowledge. */
	ackTimeout: number;
	/** Milliseconds for the answer, counted from the acknowledgement. */
	responseTimeout: number;
	signal?: AbortSignal | undefined;
}

const MAXIMUM_REPETITIONS = 2;

/**
 * Runs a reading operation on a ready session, and again where the connection is lost in the middle: reading moves no money, and what
 * was asked on a lost connection is never answered on the next one.
 */
export async function repeatReading<T>(session: Session, options: ReadingOptions, read: () => Promise<T>): Promise<T> {
	for (let repetition = 0; ; repetition += 1) {
		await session.ready(options.ackTimeout, options.signal);
		try {
			return await read();
		} catch (error) {
			const lost = error instanceof ConnectionError && error.reason === 'lost';
			if (!lost || repetition === MAXIMUM_REPETITIONS || options.signal?.aborted) throw error;
		}
	}
}
