import type { Clock } from './clock';
import { systemClock } from './clock';
import { DEFAULT_BACKOFF } from './session/backoff';
import type { SessionOptions } from './session/session';
import { Session } from './session/session';
import type { ConnectionSettings } from './settings';

/** One user's hold on a shared session. */
export interface Lease {
	readonly session: Session;
	/** Gives the session back. Idempotent; other users do not notice. */
	release(): void;
}

interface Entry {
	readonly session: Session;
	users: number;
	cancelClosing: () => void;
}

export const DEFAULT_SESSION_OPTIONS: SessionOptions = {
	clock: systemClock,
	backoff: DEFAULT_BACKOFF,
	connectTimeout: 10_000,
	authenticationTimeout: 10_000,
	silence: 30_000,
	probeTimeout: 10_000,
};

/** How long a session without users is kept, in case the next execution wants it. */
const LINGER = 10_000;

/**
 * One authenticated session for each key and server in this process. Whoever uses the same key shares it; it is counted, and closed
 * a while after its last user left.
 */
export class ConnectionPool {
	readonly #entries = new Map<string, Entry>();

	readonly #clock: Clock;

	constructor(
		private readonly options: SessionOptions = DEFAULT_SESSION_OPTIONS,
		private readonly linger: number = LINGER,
	) {
		this.#clock = options.clock;
	}

	/** How many sessions are open, lingering ones included. */
	get size(): number {
		return this.#entries.size;
	}

	acquire(settings: ConnectionSettings): Lease {
		const identity = [settings.url, settings.kind, settings.signingKey.publicKey, settings.serverKey.publicKey].join(' ');
		let entry = this.#entries.get(identity);
		if (!entry) {
			entry = { session: new Session(settings, this.options), users: 0, cancelClosing: () => {} };
			this.#entries.set(identity, entry);
			entry.session.start();
		}
		entry.cancelClosing();
		entry.users += 1;
		return this.#lease(identity, entry);
	}

	/** Closes every session at once, whoever uses it: for the end of a process or of a test. */
	closeAll(): void {
		for (const entry of this.#entries.values()) {
			entry.cancelClosing();
			entry.session.close();
		}
		this.#entries.clear();
	}

	#lease(identity: string, entry: Entry): Lease {
		let released = false;
		const release = () => {
			if (released) return;
			released = true;
			entry.users -= 1;
			if (entry.users > 0) return;
			entry.cancelClosing = this.#clock.startTimer(this.linger, () => {
				if (entry.users > 0) return;
				if (this.#entries.get(identity) === entry) this.#entries.delete(identity);
				entry.session.close();
			});
		};
		return { session: entry.session, release };
	}
}

/** The pool that both nodes use, so that an action and a trigger with one credential are one connection. */
export const sharedConnections = new ConnectionPool();
