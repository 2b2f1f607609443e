import { setMaxListeners } from 'node:events';
import type { ClientSettings, Clock } from '../../../client';
import { ConnectionPool, CryptoCapitalClient, DEFAULT_SESSION_OPTIONS } from '../../../client';
import type { SessionOptions } from '../../../client/session/session';
import { generateKeyPair } from '../../../client/protocol';
import type { Sandbox, SandboxOptions, Transaction } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';

export const TRANSPORTS = ['Socket.IO 4', 'Socket.IO 2', 'WebSocket'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** For waits on what certainly happens: only a mistake lets one expire. */
export const PATIENCE = 60_000;

/** How soon a silent connection is noticed, in milliseconds. For the cases that wait for that: a busy machine takes others for silent. */
const WATCHFUL = { pingInterval: 300, pingTimeout: 500 };

/** How long ago the accounts were opened, in milliseconds: their first entries are history, and near enough to be read again. */
const AGE = 50 * 60_000;

/** Loaded once: it takes long enough to look like a server that does not answer. */
const libraries = Promise.all([
	import('../../../client/transport/bundled/socket.io-client-4'),
	import('../../../client/transport/bundled/socket.io-client-2'),
]);

export interface BankOptions extends SandboxOptions {
	/** Both sides notice soon where the other falls silent. */
	watchful?: boolean;
}

/** A bank of its own for one case: a merchant with a key that nobody else has, and a customer. */
export class Bank {
	readonly merchant: string;

	readonly customer: string;

	readonly #key = generateKeyPair();

	readonly #pools: ConnectionPool[] = [];

	/** How many transactions were booked before the case began. */
	readonly #history: number;

	private constructor(
		readonly sandbox: Sandbox,
		readonly transport: Transport,
		private readonly watchful: boolean,
	) {
		setMaxListeners(0, sandbox);
		this.merchant = sandbox.openAccount({
			currency: 'USD',
			openingBalance: '1000.00',
			publicKeys: [this.#key.publicKey],
		}).accountNumber;
		this.customer = sandbox.openAccount({ currency: 'USD', openingBalance: '1000.00' }).accountNumber;
		this.#history = sandbox.ledger.length;
	}

	static async open(transport: Transport = 'Socket.IO 4', { watchful = false, ...options }: BankOptions = {}): Promise<Bank> {
		await libraries;
		let isPast = true;
		const sandbox = await startSandbox({
			...(watchful && WATCHFUL),
			demoData: false,
			clock: () => Date.now() - (isPast ? AGE : 0),
			...(transport === 'Socket.IO 2' && { socketIoProtocols: ['socketIo3'] }),
			...options,
		});
		const bank = new Bank(sandbox, transport, watchful);
		isPast = false;
		return bank;
	}

	get publicKey(): string {
		return this.#key.publicKey;
	}

	/** What goes into the credential, or to the client. */
	get settings(): ClientSettings {
		return {
			serverUrl: this.sandbox.url,
			transport: this.transport === 'WebSocket' ? 'webSocket' : 'socketIo',
			privateKey: this.#key.privateKey,
			serverPublicKey: this.sandbox.serverPublicKey,
		};
	}

	/** What was booked since the bank opened, oldest first. */
	get ledger(): readonly Transaction[] {
		return this.sandbox.ledger.slice(this.#history);
	}

	/** Connections that come back soon. They end with the bank. */
	connections(): ConnectionPool {
		const silence = this.watchful ? { silence: 300, probeTimeout: 500 } : {};
		return this.#pool({ connectTimeout: 5_000, authenticationTimeout: 5_000, ...silence, backoff: { minimum: 20, maximum: 100 } });
	}

	/** Connections with the waits of every day, on a clock of the test's choice. */
	connectionsOn(clock: Clock): ConnectionPool {
		return this.#pool({ clock });
	}

	/** A client with a connection that is nobody else’s. */
	client(connections = this.connections()): CryptoCapitalClient {
		return new CryptoCapitalClient(this.settings, connections);
	}

	/** Money for the merchant, from the customer, over the banking site. */
	receive(narrative: string): Transaction {
		return this.sandbox.sendMoney({ from: this.customer, to: this.merchant, amount: '12.50', narrative });
	}

	async close(): Promise<void> {
		for (const pool of this.#pools) pool.closeAll();
		await this.sandbox.close();
	}

	#pool(options: Partial<SessionOptions>): ConnectionPool {
		const pool = new ConnectionPool({ ...DEFAULT_SESSION_OPTIONS, ...options }, 0);
		this.#pools.push(pool);
		return pool;
	}
}

/** Runs a case on a bank that is gone afterwards. */
export async function withBank<T>(transport: Transport, run: (bank: Bank) => Promise<T>, options?: BankOptions): Promise<T> {
	const bank = await Bank.open(transport, options);
	try {
		return await run(bank);
	} finally {
		await bank.close();
	}
}
