import { EventEmitter } from 'node:events';
import type { RequestListener } from 'node:http';

import type { Account, NewAccount } from './bank/accounts';
import type { Bank, Origin, TransferOrder } from './bank/bank';
import type { Transaction } from './bank/ledger';
import type { SandboxCounters, SandboxEvent, SandboxEvents } from './events';
import { Faults } from './faults/faults';
import { nextEvent } from './next-event';
import { Announcements } from './server/announcements';
import type { BackOffice } from './server/back-office';
import type { Connection, ConnectionProtocol } from './server/connection';
import { Connections } from './server/connection';
import type { ListenerOptions } from './server/listener';
import { Listener } from './server/listener';
import { Operations } from './server/operations';
import { Outbox } from './server/outbox';
import { readEnvelope } from './server/read-operation';

export interface ConnectionInfo {
	id: string;
	protocol: ConnectionProtocol;
	/** The public keys that were authenticated on it. */
	keys: readonly string[];
}

export type SandboxSettings = Pick<
	ListenerOptions,
	'host' | 'port' | 'tls' | 'heartbeat' | 'socketIoProtocols' | 'socketIoPayload' | 'webSocketPayload'
> & { broadcastStatements: boolean };

const DEFAULT_PATIENCE = 10_000;

/** A running sandbox: the bank, the server in front of it, and everything a test or a person can do to them. */
export class Sandbox extends EventEmitter<SandboxEvents> {
	readonly faults = new Faults();

	readonly #counters: SandboxCounters = {
		connections: 0,
		operations: 0,
		acknowledged: 0,
		refused: 0,
		refusedNonces: 0,
		transactions: 0,
		messages: 0,
	};

	readonly #settings: SandboxSettings;

	readonly #connections = new Connections();

	readonly #outbox: Outbox;

	readonly #announcements: Announcements;

	readonly #operations: Operations;

	readonly #web: RequestListener;

	readonly #closeBank: boolean;

	#listener: Listener | undefined;

	#port = 0;

	/** @param web makes what answers over HTTP beside the API */
	constructor(
		readonly office: BackOffice,
		settings: SandboxSettings,
		closeBank: boolean,
		web: (sandbox: Sandbox) => RequestListener,
	) {
		super();
		this.#settings = settings;
		this.#closeBank = closeBank;
		this.#port = settings.port;
		this.#outbox = new Outbox(office.identity, this.faults, ({ connection, key, frame, genuine }) => {
			const type = frame.kind === 'packet' ? '' : frame.type;
			const payload = frame.kind === 'message' ? frame.payload : undefined;
			this.#counters.messages += 1;
			this.emit('sent', { connection: connection.id, key, type, payload, genuine });
		});
		this.#announcements = new Announcements(office, this.#connections, this.#outbox, settings.broadcastStatements);
		this.#operations = this.#makeOperations();
		this.#web = web(this);
		office.bank.on('settled', this.#onSettled);
		office.bank.on('registered', this.#onRegistered);
		this.faults.on('enabled', (fault) => {
			if (fault.name === 'halfOpenNow') this.#silenceAll(fault.id, fault.settings.key);
		});
		this.faults.on('applied', ({ name, id }, { operation, message }) => {
			this.emit('fault', { fault: name, id, operation, message });
		});
	}

	get bank(): Bank {
		return this.office.bank;
	}

	/** Where Socket.IO, the page and the control API are. */
	get url(): string {
		const { host, tls } = this.#settings;
		return `http${tls ? 's' : ''}://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
	}

	get webSocketUrl(): string {
		return `${this.url.replace('http', 'ws')}/ws`;
	}

	get port(): number {
		return this.#port;
	}

	/** What a client must trust: it goes into the credential. */
	get serverPublicKey(): string {
		return this.office.identity.publicKey;
	}

	/** Every transaction until now, oldest first. */
	get ledger(): readonly Transaction[] {
		return [...this.bank.transactions];
	}

	/** As they are now. */
	get counters(): Readonly<SandboxCounters> {
		return { ...this.#counters };
	}

	get accounts(): readonly Account[] {
		return this.bank.accounts;
	}

	get connections(): readonly ConnectionInfo[] {
		return this.#connections.all.map((connection) => ({
			id: connection.id,
			protocol: connection.protocol,
			keys: this.#connections.keysOf(connection),
		}));
	}

	get settlementDelay(): number {
		return this.bank.settlementDelay;
	}

	set settlementDelay(milliseconds: number) {
		this.bank.settlementDelay = milliseconds;
	}

	openAccount(account: NewAccount): Account {
		return this.bank.openAccount(account);
	}

	/**
	 * Registers a key as its owner would in the banking site: 1.00 from the account to its currency's registration account, reimbursed at once.
	 * @returns the transaction with the key as narrative
	 */
	registerKey({ accountNumber, publicKey }: { accountNumber: string; publicKey: string }): Transaction {
		return this.bank.registerKey(accountNumber, publicKey);
	}

	/** A transfer that another customer makes in the banking site; from outside the bank where no sender is named. Booked and announced at once. */
	sendMoney(order: Omit<TransferOrder, 'from'> & { from?: string }): Transaction {
		const from = order.from ?? this.bank.cashDesk(this.bank.account(order.to).currency);
		return this.bank.bankingSiteTransfer({ ...order, from });
	}

	balance(accountNumber: string): string {
		return this.bank.balance(accountNumber);
	}

	/** Cuts every connection to a client, at once and without a farewell. */
	dropConnections(): void {
		for (const connection of this.#connections.all) connection.cut();
	}

	/**
	 * The next event of this name, if it also passes the test.
	 * @throws where it does not come within `timeout` milliseconds
	 */
	async next<Event extends SandboxEvent>(
		event: Event,
		passes: (happened: SandboxEvents[Event][0]) => boolean = () => true,
		timeout = DEFAULT_PATIENCE,
	): Promise<SandboxEvents[Event][0]> {
		return await nextEvent<SandboxEvents[Event][0]>(this, event, passes, timeout);
	}

	/** Resolves when everything that was to be sent until now is written, apart from what faults delay. */
	async idle(): Promise<void> {
		await this.#outbox.idle();
	}

	async start(): Promise<void> {
		if (this.#listener) return;
		this.#listener = new Listener({
			...this.#settings,
			port: this.#port,
			faults: this.faults,
			web: this.#web,
			nextConnectionId: () => this.#connections.nextId(),
			handlers: {
				connected: (connection) => this.#connected(connection),
				disconnected: (connection) => this.#disconnected(connection),
				operation: (connection, name, payload) => this.#received(connection, name, payload),
				unreadable: (connection) => this.#received(connection, '', undefined),
			},
		});
		this.#port = await this.#listener.start();
	}

	/** Ends every connection and stops listening. The bank goes on: what is about to settle settles. */
	async stop(): Promise<void> {
		const listener = this.#listener;
		this.#listener = undefined;
		await listener?.stop();
	}

	/** Stops, if that has not happened, and listens on the same port again. */
	async restart(): Promise<void> {
		await this.stop();
		await this.start();
	}

	/** Stops for good. No timer, socket or listener is left. */
	async close(): Promise<void> {
		await this.stop();
		this.#operations.close();
		this.#outbox.close();
		this.faults.clear();
		this.faults.removeAllListeners();
		this.bank.off('settled', this.#onSettled);
		this.bank.off('registered', this.#onRegistered);
		if (this.#closeBank) this.bank.close();
		this.removeAllListeners();
	}

	readonly #onSettled = (transaction: Transaction, origin: Origin | undefined) => {
		this.#counters.transactions += 1;
		this.emit('settled', { transaction, key: origin?.key, nonce: origin?.nonce });
		this.#announcements.settled(transaction, origin);
	};

	readonly #onRegistered = ({ accountNumber }: Account, key: string) => {
		this.emit('registered', { accountNumber, key });
	};

	#makeOperations(): Operations {
		return new Operations(this.office, this.#connections, this.#outbox, this.#announcements, this.faults, {
			acknowledged: ({ id }, { operation, key, nonce }) => {
				this.#counters.acknowledged += 1;
				this.emit('ack', { connection: id, operation, key, nonce });
			},
			refused: ({ id }, operation, { key, nonce }, reason, cause) => {
				this.#counters.refused += 1;
				if (cause === 'nonce') this.#counters.refusedNonces += 1;
				this.emit('err', { connection: id, operation, key, nonce, reason });
			},
			authenticated: ({ id }, key) => this.emit('authenticated', { connection: id, key }),
			failed: ({ key, nonce }, reason) => this.emit('failed', { key, nonce, reason }),
		});
	}

	#connected(connection: Connection): void {
		this.#connections.add(connection);
		this.#counters.connections += 1;
		this.emit('connected', { connection: connection.id, protocol: connection.protocol });
	}

	#disconnected(connection: Connection): void {
		this.#connections.remove(connection);
		this.emit('disconnected', { connection: connection.id });
	}

	#received(connection: Connection, operation: string, payload: unknown): void {
		const { key, nonce, params } = readEnvelope(payload);
		this.#counters.operations += 1;
		this.emit('operation', { connection: connection.id, operation, key, nonce, params });
		this.#operations.receive(connection, operation, payload);
	}

	#silenceAll(faultId: string, key: string | undefined): void {
		for (const connection of this.#connections.all) {
			if (key !== undefined && !this.#connections.isAuthenticated(connection, key)) continue;
			connection.silence();
			this.faults.apply({ id: faultId }, { key });
		}
	}
}
