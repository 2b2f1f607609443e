import type { ConnectionPool, Lease } from './connection-pool';
import { sharedConnections } from './connection-pool';
import { getAccount } from './operations/get-account';
import type { StatementRequest } from './operations/get-statement';
import { getStatement } from './operations/get-statement';
import type { AccountRecord, TransferRecord, VerifiedMessage } from './protocol';
import type { Session } from './session/session';
import type { ClientSettings } from './settings';
import { readSettings } from './settings';
import type { AttemptRecord } from './transfer/attempts';
import type { TransferResult } from './transfer/send-transfer';
import { sendTransfer } from './transfer/send-transfer';
import type { TransferRequest } from './transfer/transfer-request';

/** Milliseconds, where nothing else is said. */
export interface OperationOptions {
	ackTimeout?: number;
	responseTimeout?: number;
	quietPeriod?: number;
	signal?: AbortSignal;
}

export interface SendTransferOptions extends OperationOptions {
	waitForConfirmation?: boolean;
	confirmationTimeout?: number;
	/** Days. */
	referenceLookbackDays?: number;
	/** Milliseconds; 0 means never. */
	resendAfter?: number;
	/** The record of attempts that all processes see which send for these accounts. */
	attempts?: AttemptRecord;
}

export const DEFAULT_OPTIONS = {
	ackTimeout: 15_000,
	responseTimeout: 30_000,
	quietPeriod: 2_000,
	confirmationTimeout: 60_000,
	waitForConfirmation: false,
	referenceLookbackDays: 7,
	resendAfter: 0,
} as const;

/**
 * The Crypto Capital API v2 for Node programs. Clients with the same key and server share one connection.
 *
 * ```ts
 * const client = new CryptoCapitalClient({ privateKey });
 * const { params } = await client.getAccount('9120000001');
 * client.close();
 * ```
 */
export class CryptoCapitalClient {
	readonly #lease: Lease;

	/** @throws ValidationError where the settings cannot be right. Connects in the background. */
	constructor(settings: ClientSettings, connections: ConnectionPool = sharedConnections) {
		this.#lease = connections.acquire(readSettings(settings));
	}

	/** The connection: its state, its verified messages. */
	get session(): Session {
		return this.#lease.session;
	}

	/** Authenticates, or says why that is not possible. */
	async ready(options: OperationOptions = {}): Promise<void> {
		await this.session.ready(options.ackTimeout ?? DEFAULT_OPTIONS.ackTimeout, options.signal);
	}

	async getAccount(accountNumber: string, options: OperationOptions = {}): Promise<SignedRecord<AccountRecord>> {
		return await getAccount(this.session, { accountNumber }, { ...DEFAULT_OPTIONS, ...options });
	}

	/** Oldest first. */
	async getStatement(
		request: StatementRequest,
		options: OperationOptions = {},
	): Promise<Array<SignedRecord<TransferRecord>>> {
		return await getStatement(this.session, request, { ...DEFAULT_OPTIONS, ...options });
	}

	async sendTransfer(request: TransferRequest, options: SendTransferOptions = {}): Promise<TransferResult> {
		return await sendTransfer(this.session, request, { ...DEFAULT_OPTIONS, ...options });
	}

	/** Hears every verified message, new or not, in the order of arrival. @returns removes the listener */
	onMessage(listener: (message: VerifiedMessage) => void): () => void {
		return this.session.onMessage.add(listener);
	}

	/** Gives the connection back: it closes some seconds after its last user left. Idempotent. */
	close(): void {
		this.#lease.release();
	}
}

/** A record with the signed message that it came in. */
export interface SignedRecord<Params> {
	readonly key: string;
	readonly nonce: string;
	readonly rcpt: string;
	readonly params: Readonly<Params>;
	readonly signed: string;
}
