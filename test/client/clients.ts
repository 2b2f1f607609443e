import { CryptoCapitalClient } from '../../client/client';
import { ConnectionPool, DEFAULT_SESSION_OPTIONS } from '../../client/connection-pool';
import type { CryptoCapitalError } from '../../client/errors';
import type { SessionOptions } from '../../client/session/session';
import type { ClientSettings } from '../../client/settings';
import type { RealServer } from '../servers/real-servers';
import { namedKey, type NamedKey } from './keys';
import { SERVER_KEY } from './signing-bank';
import { TestClock } from './test-clock';

let made = 0;

/** A key that no other test of the process uses, since the nonces of a key are one for the whole process. */
export function freshKey(): NamedKey {
	made += 1;
	return namedKey(`client ${made}`);
}

export function settingsFor(server: Pick<RealServer, 'url' | 'kind'>, key: NamedKey = freshKey()): ClientSettings {
	return { serverUrl: server.url, transport: server.kind, privateKey: key.privateKey, serverPublicKey: SERVER_KEY.publicKey };
}

/** Reconnects at once; everything else takes as long as it does for users, unless the test skips the time. */
export function sessionOptions(clock: TestClock, overrides: Partial<SessionOptions> = {}): SessionOptions {
	return { ...DEFAULT_SESSION_OPTIONS, clock, backoff: { minimum: 1, maximum: 20 }, ...overrides };
}

/** A clock and connections that belong to one test. */
export class TestPool {
	readonly clock = new TestClock();

	readonly pool: ConnectionPool;

	constructor(overrides: Partial<SessionOptions> = {}) {
		this.pool = new ConnectionPool(sessionOptions(this.clock, overrides));
	}

	client(settings: ClientSettings): CryptoCapitalClient {
		return new CryptoCapitalClient(settings, this.pool);
	}

	/** A client whose connection is there. */
	async readyClient(settings: ClientSettings): Promise<CryptoCapitalClient> {
		const client = this.client(settings);
		await client.ready();
		return client;
	}

	close(): void {
		this.pool.closeAll();
	}
}

/** The error that the work ends with. Fails where it ends otherwise. */
export async function errorOf(work: Promise<unknown>): Promise<CryptoCapitalError> {
	try {
		await work;
	} catch (error) {
		return error as CryptoCapitalError;
	}
	throw new Error('It was expected to fail');
}

/** The next value that somebody is told. */
export async function nextOf<Value>(
	listeners: { add(listener: (value: Value) => void): () => void },
	passes: (value: Value) => boolean = () => true,
): Promise<Value> {
	return await new Promise((resolve) => {
		const remove = listeners.add((value) => {
			if (!passes(value)) return;
			remove();
			resolve(value);
		});
	});
}
