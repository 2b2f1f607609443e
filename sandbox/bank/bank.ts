import { EventEmitter } from 'node:events';

import { formatMinorUnits, readPublicKey, readTransferAmount, REGISTRATION_AMOUNT } from '../../client/protocol';
import { Timers } from '../timers';
import type { Account, AccountKind, NewAccount } from './accounts';
import { account, CURRENCIES, houseAccounts } from './accounts';
import { BankError } from './bank-error';
import { exchange } from './exchange';
import type { StatementFilter, Transaction } from './ledger';
import { Ledger } from './ledger';

export interface TransferOrder {
	from: string;
	to: string;
	/** A positive decimal with at most two decimals. */
	amount: string | number;
	narrative: string;
}

/** The operation of the API that a transaction came from, so that whoever announces it knows what it answers. */
export interface Origin {
	readonly key: string;
	readonly nonce: number;
	/** Whether those whom it concerns are told when it is booked. */
	readonly announced: boolean;
}

export interface BankEvents {
	opened: [account: Account];
	registered: [account: Account, publicKey: string];
	settled: [transaction: Transaction, origin: Origin | undefined];
}

export interface BankOptions {
	/** Milliseconds since 1970. */
	clock?: () => number;
	/** Milliseconds between the acceptance of a transfer over the API and its entry in the ledger. */
	settlementDelay?: number;
}

const FIRST_CUSTOMER_ACCOUNT = 9_130_000_001;
const ACCOUNT_NUMBER = /^[0-9]{10}$/u;

/**
 * Accounts, keys and money, and nothing of how anybody talks to it. Money is neither made nor lost: the balances of all accounts of one
 * currency add up to zero, apart from what is exchanged into another.
 */
export class Bank extends EventEmitter<BankEvents> {
	settlementDelay: number;

	readonly #ledger = new Ledger();

	readonly #accounts = new Map<string, Account & { keys: Set<string> }>();

	/** Accepted and not booked yet: no longer available, still part of the balance. */
	readonly #held = new Map<string, bigint>();

	readonly #timers = new Timers();

	readonly #clock: () => number;

	#nextAccountNumber = FIRST_CUSTOMER_ACCOUNT;

	constructor(options: BankOptions = {}) {
		super();
		this.#clock = options.clock ?? Date.now;
		this.settlementDelay = options.settlementDelay ?? 0;
		for (const own of houseAccounts()) this.#add(own);
	}

	get transactions(): readonly Transaction[] {
		return this.#ledger.transactions;
	}

	get accounts(): readonly Account[] {
		return [...this.#accounts.values()];
	}

	/** @throws BankError where there is none */
	account(accountNumber: string): Account {
		return this.#find(accountNumber);
	}

	has(accountNumber: string): boolean {
		return this.#accounts.has(accountNumber);
	}

	accountsOf(publicKey: string): readonly Account[] {
		return this.accounts.filter(({ keys }) => keys.has(publicKey));
	}

	isRegistered(publicKey: string): boolean {
		for (const { keys } of this.#accounts.values()) if (keys.has(publicKey)) return true;
		return false;
	}

	balance(accountNumber: string): string {
		return formatMinorUnits(this.#ledger.balance(this.#find(accountNumber).accountNumber));
	}

	/** The balance without what accepted transfers are about to take. */
	available(accountNumber: string): string {
		return formatMinorUnits(this.#available(this.#find(accountNumber)));
	}

	statement(accountNumber: string, filter: StatementFilter): readonly Transaction[] {
		return this.#ledger.statement(accountNumber, filter);
	}

	openAccount(request: NewAccount): Account {
		const { currency } = request;
		const cashDesk = this.cashDesk(currency);
		const accountNumber = request.accountNumber ?? this.#freeAccountNumber();
		if (!ACCOUNT_NUMBER.test(accountNumber)) throw new BankError('accountNumber', 'An account number has 10 digits');
		if (this.has(accountNumber)) throw new BankError('accountExists', `Account ${accountNumber} exists already`);
		if (request.openingBalance !== undefined) this.#minorUnits(request.openingBalance);
		const opened = this.#add(account(accountNumber, request.name ?? `Account ${currency}`, currency, 'customer'));
		for (const publicKey of request.publicKeys ?? []) this.#bind(accountNumber, publicKey);
		this.emit('opened', opened);
		if (request.openingBalance !== undefined) {
			this.bankingSiteTransfer({ from: cashDesk, to: accountNumber, amount: request.openingBalance, narrative: 'Opening balance' });
		}
		return opened;
	}

	/** The account of this currency that money from outside comes from. */
	cashDesk(currency: string): string {
		return this.#ownAccount('cashDesk', currency);
	}

	registrationAccount(currency: string): string {
		return this.#ownAccount('registration', currency);
	}

	/**
	 * A transfer that somebody makes in the banking site: booked at once, also between currencies. Sent to a registration account with a public
	 * key as narrative, it binds the account to the key, and is reimbursed where the currencies match.
	 */
	bankingSiteTransfer(order: TransferOrder): Transaction {
		const transfer = this.#check(order);
		const transaction = this.#book(transfer);
		if (transfer.recipient.kind === 'registration') this.#register(transfer, transaction);
		return transaction;
	}

	/**
	 * Registers a key as its owner does in the banking site, by such a transfer from the account to its currency's registration account.
	 * @returns the transaction with the key as narrative
	 */
	registerKey(accountNumber: string, publicKey: string): Transaction {
		requirePublicKey(publicKey);
		const to = this.registrationAccount(this.#find(accountNumber).currency);
		return this.bankingSiteTransfer({ from: accountNumber, to, amount: REGISTRATION_AMOUNT, narrative: publicKey });
	}

	/**
	 * A transfer over the API: within one currency, booked after the settlement delay. What it takes is held from now on, so it will be booked.
	 * It registers no key: whoever holds one key must not be able to let in another.
	 * @throws BankError where it cannot be done; nothing is held then
	 */
	apiTransfer(order: TransferOrder & { currency: string }, origin: Origin, settlesAfter = this.settlementDelay): void {
		const sender = this.#find(order.from);
		if (order.currency !== sender.currency) {
			throw new BankError('currency', `Account ${sender.accountNumber} is kept in ${sender.currency}`);
		}
		const transfer = this.#check(order);
		if (transfer.recipient.currency !== sender.currency) {
			throw new BankError('currency', 'The API only transfers within one currency');
		}
		if (settlesAfter <= 0) {
			this.#book(transfer, origin);
			return;
		}
		this.#hold(sender, transfer.minorUnits);
		this.#timers.after(settlesAfter, () => {
			this.#hold(sender, -transfer.minorUnits);
			this.#book(transfer, origin);
		});
	}

	/** Forgets the transfers that have not settled yet. */
	close(): void {
		this.#timers.clear();
		this.removeAllListeners();
	}

	#ownAccount(kind: AccountKind, currency: string): string {
		const own = this.accounts.find((candidate) => candidate.kind === kind && candidate.currency === currency);
		if (!own) throw new BankError('currency', `The currency must be one of ${CURRENCIES.join(', ')}`);
		return own.accountNumber;
	}

	#check({ from, to, amount, narrative }: TransferOrder): CheckedTransfer {
		const sender = this.#find(from);
		const recipient = this.#find(to);
		if (sender === recipient) throw new BankError('sameAccount', 'Sender and beneficiary are the same account');
		if (typeof narrative !== 'string') throw new BankError('narrative', 'The narrative must be a text');
		const minorUnits = this.#minorUnits(amount);
		if (sender.kind !== 'cashDesk' && this.#available(sender) < minorUnits) {
			throw new BankError('insufficientFunds', `Insufficient funds in account ${sender.accountNumber}`);
		}
		return { sender, recipient, minorUnits, narrative };
	}

	#book({ sender, recipient, minorUnits, narrative }: CheckedTransfer, origin?: Origin): Transaction {
		const transaction = this.#ledger.post({
			sender,
			recipient,
			sendMinorUnits: minorUnits,
			receiveMinorUnits: exchange(minorUnits, sender.currency, recipient.currency),
			narrative,
			time: this.#clock(),
		});
		this.emit('settled', transaction, origin);
		return transaction;
	}

	#register({ sender, recipient, narrative }: CheckedTransfer, transaction: Transaction): void {
		const isRegistration = transaction.sendAmount === REGISTRATION_AMOUNT && sender.kind === 'customer';
		if (!isRegistration || !readPublicKey(narrative).ok) return;
		this.#bind(sender.accountNumber, narrative);
		if (sender.currency !== recipient.currency) return;
		this.#book({
			sender: recipient,
			recipient: sender,
			minorUnits: this.#minorUnits(REGISTRATION_AMOUNT),
			narrative: 'Reimbursement of the key registration',
		});
	}

	#bind(accountNumber: string, publicKey: string): void {
		const bound = this.#find(accountNumber);
		const key = requirePublicKey(publicKey);
		bound.keys.add(key);
		this.emit('registered', bound, key);
	}

	#minorUnits(amount: string | number): bigint {
		const read = readTransferAmount(amount);
		if (!read.ok) throw new BankError('amount', 'The amount must be positive and have at most two decimals');
		return read.value.minorUnits;
	}

	#available({ accountNumber }: Account): bigint {
		return this.#ledger.balance(accountNumber) - (this.#held.get(accountNumber) ?? 0n);
	}

	#hold({ accountNumber }: Account, minorUnits: bigint): void {
		this.#held.set(accountNumber, (this.#held.get(accountNumber) ?? 0n) + minorUnits);
	}

	#find(accountNumber: string): Account & { keys: Set<string> } {
		const found = this.#accounts.get(accountNumber);
		if (!found) throw new BankError('unknownAccount', `There is no account ${accountNumber}`);
		return found;
	}

	#add(added: Account): Account {
		const stored = { ...added, keys: new Set(added.keys) };
		this.#accounts.set(added.accountNumber, stored);
		return stored;
	}

	#freeAccountNumber(): string {
		while (this.has(String(this.#nextAccountNumber))) this.#nextAccountNumber += 1;
		return String(this.#nextAccountNumber);
	}
}

interface CheckedTransfer {
	sender: Account;
	recipient: Account;
	minorUnits: bigint;
	narrative: string;
}

function requirePublicKey(publicKey: string): string {
	const read = readPublicKey(publicKey);
	if (!read.ok) throw new BankError('publicKey', 'A public key is base64 of 65 bytes, a point of secp256k1');
	return read.value.publicKey;
}
