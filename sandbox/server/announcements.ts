import type { AccountRecord, OperationName, TransferRecord } from '../../client/protocol';
import type { Account } from '../bank/accounts';
import type { Origin } from '../bank/bank';
import type { Transaction } from '../bank/ledger';
import type { BackOffice } from './back-office';
import type { Connection, Connections } from './connection';
import type { Outbox } from './outbox';

/**
 * Who is told what. Every signed message goes to authenticated connections only: to all of a key's, except for answers, which go to the
 * connection that asked, if it is authenticated.
 */
export class Announcements {
	constructor(
		private readonly office: BackOffice,
		private readonly connections: Connections,
		private readonly outbox: Outbox,
		private readonly broadcastStatements: boolean,
	) {}

	/** Tells the keys of both sides that money has moved; a key that has both accounts, once. */
	settled(transaction: Transaction, origin: Origin | undefined): void {
		if (origin?.announced === false) return;
		const { bank } = this.office;
		const keys = new Set([
			...bank.account(transaction.sendAccount).keys,
			...bank.account(transaction.receiveAccount).keys,
		]);
		for (const key of keys) {
			this.#transfer(transaction, key, this.connections.authenticatedBy(key), origin && 'transfer');
		}
	}

	/** Tells the sender that an acknowledged transfer could not be done. */
	failed(key: string, nonce: number, reason: string): void {
		const params = { nonce: String(nonce), msg: reason };
		this.outbox.send({ type: 'error', rcpt: key, params }, this.connections.authenticatedBy(key), 'transfer');
	}

	/** One message a record, oldest first, and nothing that says where they end. */
	statement(transactions: readonly Transaction[], key: string, asking: Connection): void {
		const targets = this.broadcastStatements ? this.connections.authenticatedBy(key) : this.#answerTo(asking, key);
		for (const transaction of transactions) this.#transfer(transaction, key, targets, 'statement');
	}

	account({ accountNumber, name, currency }: Account, key: string, asking: Connection): void {
		const { bank } = this.office;
		const params: AccountRecord = {
			accountNumber,
			name,
			currency,
			balance: bank.balance(accountNumber),
			available: bank.available(accountNumber),
		};
		this.outbox.send({ type: 'account', rcpt: key, params }, this.#answerTo(asking, key), 'account');
	}

	#transfer(
		transaction: Transaction,
		key: string,
		targets: readonly Connection[],
		operation: OperationName | undefined,
	): void {
		const { time: _time, ...params }: Transaction & TransferRecord = transaction;
		this.outbox.send({ type: 'transfer', rcpt: key, params }, targets, operation);
	}

	/** A connection that never authenticated receives no messages; its key's others do. */
	#answerTo(asking: Connection, key: string): readonly Connection[] {
		return this.connections.isAuthenticated(asking, key) ? [asking] : this.connections.authenticatedBy(key);
	}
}
