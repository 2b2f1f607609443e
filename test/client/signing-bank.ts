import { EventEmitter } from 'node:events';
import type { AccountRecord, OperationMessage, OperationName, TransferRecord } from '../../client/protocol';
import { formatMinorUnits, minorUnitsOf, operationSignedString, readPublicKey, readTransferAmount } from '../../client/protocol';
import type { Generation, RealServer, ServerConnection, ServerOptions } from '../servers/real-servers';
import { startServer } from '../servers/real-servers';
import { namedKey, signMessage, type UnsignedMessage } from './keys';

export const SERVER_KEY = namedKey('the bank');

export const ACCOUNT = '9120000001';
export const BENEFICIARY = '9120000002';

/** An operation as it arrived, and what the bank found. */
export interface Received {
	readonly connection: ServerConnection;
	readonly operation: OperationName;
	readonly message: OperationMessage;
	/** What came was a JSON string. */
	readonly asString: boolean;
}

/** What the bank does with an operation that is in order. Without one it does what the real service would. */
export type Course = (received: Received, proceed: () => Promise<void>) => Promise<void> | void;

/** A small bank with two accounts of 1,000.00 USD, to stand behind a server of any generation. */
export class SigningBank {
	/** Emits `received` for every operation that arrived, `settled` when the bank is through with it. */
	readonly events = new EventEmitter();

	readonly received: Received[] = [];

	readonly records: TransferRecord[] = [];

	/** Set by a test that wants something else to happen. */
	course: Course = async (_received, proceed) => await proceed();

	payloads: 'string' | 'object' = 'string';

	readonly #authenticated = new Map<ServerConnection, string>();

	/** The highest nonce of each key. A test may set it, as another client with the key would. */
	readonly lastNonces = new Map<string, number>();

	#turn: Promise<void> = Promise.resolve();

	#messageNonce = 1_429_815_032_196;

	/** For `startServer`. */
	readonly handler = (connection: ServerConnection, operation: string, payload: unknown): void => {
		const asString = typeof payload === 'string';
		const message = (asString ? JSON.parse(payload) : payload) as OperationMessage;
		const received: Received = { connection, operation: operation as OperationName, message, asString };
		this.received.push(received);
		this.events.emit('received', received);
		this.#turn = this.#turn.then(async () => {
			await this.#admit(received);
			this.events.emit('settled', received);
		});
	};

	/** The next operation of this name that arrives from now on. */
	async next(operation: OperationName): Promise<Received> {
		return await new Promise((resolve) => {
			const listener = (received: Received) => {
				if (received.operation !== operation) return;
				this.events.off('received', listener);
				resolve(received);
			};
			this.events.on('received', listener);
		});
	}

	/** The nonces of what arrived, in the order of arrival. */
	get nonces(): number[] {
		return this.received.map(({ message }) => message.nonce);
	}

	acknowledge({ connection, message }: Received): void {
		connection.send('ack', this.#payload({ nonce: message.nonce }));
	}

	refuse({ connection, message }: Received, reason?: string): void {
		connection.send('err', this.#payload({ nonce: message.nonce, ...(reason === undefined ? {} : { msg: reason }) }));
	}

	/** Books a transfer and tells everybody whose key is known. */
	async book(from: string, to: string, amount: string, narrative: string): Promise<TransferRecord> {
		const record: TransferRecord = {
			id: String(this.records.length + 1),
			date: '2015-04-23',
			sendAccount: from,
			receiveAccount: to,
			sendCurrency: 'USD',
			receiveCurrency: 'USD',
			sendAmount: amount,
			receiveAmount: amount,
			narrative,
		};
		this.records.push(record);
		for (const connection of this.#authenticated.keys()) await this.tell(connection, 'transfer', record);
		return record;
	}

	/** Signs a message for whoever authenticated on the connection, and sends it. */
	async tell(connection: ServerConnection, type: UnsignedMessage['type'], params: object): Promise<void> {
		connection.send(type, await this.#signed(connection, type, params));
	}

	async #signed(connection: ServerConnection, type: UnsignedMessage['type'], params: object): Promise<unknown> {
		const rcpt = this.#authenticated.get(connection) ?? '';
		const nonce = String((this.#messageNonce += 1));
		// The caller names a type and its params, which belong together.
		const message = { type, key: SERVER_KEY.publicKey, rcpt, nonce, params } as UnsignedMessage;
		return this.#payload(await signMessage(SERVER_KEY, message));
	}

	balance(accountNumber: string): string {
		const sum = this.records.reduce((total, { sendAccount, receiveAccount, sendAmount }) => {
			const amount = minorUnitsOf(sendAmount);
			return total + (receiveAccount === accountNumber ? amount : 0n) - (sendAccount === accountNumber ? amount : 0n);
		}, 100_000n);
		return formatMinorUnits(sum);
	}

	async #admit(received: Received): Promise<void> {
		const { message, operation } = received;
		const { key, nonce, signed } = message;
		const verifying = readPublicKey(key);
		// What came was made by the client under test; a wrong form shows as a signature that does not verify.
		const request = { operation, params: message.params } as Parameters<typeof operationSignedString>[0];
		const valid = verifying.ok && (await verifying.value.verify(operationSignedString(request, key, nonce), signed));
		if (!valid) this.refuse(received, 'Invalid signature');
		else if (nonce <= (this.lastNonces.get(key) ?? 0)) this.refuse(received, 'Nonce too low');
		else {
			this.lastNonces.set(key, nonce);
			await this.course(received, async () => await this.#perform(received));
		}
	}

	async #perform(received: Received): Promise<void> {
		const { connection, message, operation } = received;
		const params = (message.params ?? {}) as Record<string, string>;
		if (operation === 'statement') {
			// Signed beforehand, so that the records come at once and no busy machine makes a pause between them.
			const records = this.statement(params).map(async (record) => await this.#signed(connection, 'transfer', record));
			const payloads = await Promise.all(records);
			this.acknowledge(received);
			for (const payload of payloads) connection.send('transfer', payload);
			return;
		}
		this.acknowledge(received);
		switch (operation) {
			case 'auth':
				this.#authenticated.set(connection, message.key);
				return;
			case 'account':
				await this.tell(connection, 'account', this.accountRecord(params.accountNumber ?? ''));
				return;
			case 'transfer':
				await this.#transfer(received, params);
		}
	}

	accountRecord(accountNumber: string): AccountRecord {
		const balance = this.balance(accountNumber);
		return { accountNumber, name: 'Current Account', currency: 'USD', balance, available: balance };
	}

	statement({ accountNumber, limit, transactionId }: Record<string, string>): TransferRecord[] {
		const own = this.records.filter((record) => [record.sendAccount, record.receiveAccount].includes(accountNumber ?? ''));
		if (transactionId !== undefined) return own.filter(({ id }) => id === transactionId);
		return limit === undefined ? own : own.slice(-Number(limit));
	}

	async #transfer({ connection, message }: Received, params: Record<string, unknown>): Promise<void> {
		const { accountNumber, beneficiary, amount, narrative } = params as Record<string, string>;
		const read = readTransferAmount(amount);
		if (!read.ok || !accountNumber || !beneficiary) throw new Error('The client sent a transfer that cannot be right');
		if (read.value.minorUnits > minorUnitsOf(this.balance(accountNumber))) {
			await this.tell(connection, 'error', { nonce: String(message.nonce), msg: 'Insufficient funds' });
		} else {
			await this.book(accountNumber, beneficiary, read.value.text, narrative ?? '');
		}
	}

	#payload(message: object): unknown {
		return this.payloads === 'string' ? JSON.stringify(message) : message;
	}
}

export async function startBank(
	generation: Generation,
	options: Omit<ServerOptions, 'handler'> = {},
): Promise<{ bank: SigningBank; server: RealServer }> {
	const bank = new SigningBank();
	return { bank, server: await startServer(generation, { ...options, handler: bank.handler }) };
}
