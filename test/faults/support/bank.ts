import { setMaxListeners } from 'node:events';
import type { ClientSettings, Clock } from '../../../client';
import { ConnectionPool, CryptoCapitalClient, systemClock } from '../../../client';
import { generateKeyPair } from '../../../client/protocol';
import type { Sandbox, SandboxOptions, Transaction } from '../../../sandbox';
import { startSandbox } from '../../../sandbox';

export const TRANSPORTS = ['Socket.IO 4', 'Socket.IO 2', 'WebSocket'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** For waits on what certainly happens: only a mistake lets one expire. */
export const PATIENCE = 60_000;

/** How soon a silent connection is noticed, in milliseconds; hours are cut to the length that a test has. */
const HEARTBEAT = { pingInterval: 200, pingTimeout: 400 };

/** A bank of its own for one case: a merchant with a key that nobody else has, and a customer. */
export class Bank {
	readonly merchant: string;

	readonly customer: string;

	readonly #key = generateKeyPair();

	readonly #pools: ConnectionPool[] = [];

	/** The ids of what was booked before the case began. */
	readonly #history: number;

	private constructor(
		readonly sandbox: Sandbox,
		readonly transport: Transport,
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

	static async open(transport: Transport = 'Socket.IO 4', options: SandboxOptions = {}): Promise<Bank> {
		const sandbox = await startSandbox({
			...HEARTBEAT,
			demoData: false,
			...(transport === 'Socket.IO 2' && { socketIoProtocols: ['socketIo3'] }),
			...options,
		});
		return new Bank(sandbox, transport);
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

	/** Connections with short waits, on a clock of the test's choice. They end with the bank. */
	connections(clock: Clock = systemClock): ConnectionPool {
		const pool = new ConnectionPool(
			{
				clock,
				backoff: { minimum: 20, maximum: 100 },
				connectTimeout: 1_000,
				authenticationTimeout: 1_000,
				silence: 200,
				probeTimeout: 400,
			},
			0,
		);
		this.#pools.push(pool);
		return pool;
	}

	/** A client with a connection that is nobody else’s. */
	client(clock?: Clock): CryptoCapitalClient {
		return new CryptoCapitalClient(this.settings, this.connections(clock));
	}

	/** Money for the merchant, from the customer, over the banking site. */
	receive(narrative: string): Transaction {
		return this.sandbox.sendMoney({ from: this.customer, to: this.merchant, amount: '12.50', narrative });
	}

	async close(): Promise<void> {
		for (const pool of this.#pools) pool.closeAll();
		await this.sandbox.close();
	}
}

/** Runs a case on a bank that is gone afterwards. */
export async function withBank<T>(transport: Transport, run: (bank: Bank) => Promise<T>, options?: SandboxOptions): Promise<T> {
	const bank = await Bank.open(transport, options);
	try {
		return await run(bank);
	} finally {
		await bank.close();
	}
}
