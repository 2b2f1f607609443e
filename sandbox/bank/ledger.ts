import { formatMinorUnits } from '../../client/protocol';

/** One booked transfer, as the API tells it, and when it was booked. Never changed afterwards. */
export interface Transaction {
	readonly id: string;
	/** The day of `time` in UTC. */
	readonly date: string;
	/** Milliseconds since 1970. */
	readonly time: number;
	readonly sendAccount: string;
	readonly receiveAccount: string;
	readonly sendCurrency: string;
	readonly receiveCurrency: string;
	readonly sendAmount: string;
	readonly receiveAmount: string;
	readonly narrative: string;
}

export interface Posting {
	sender: { accountNumber: string; currency: string };
	recipient: { accountNumber: string; currency: string };
	sendMinorUnits: bigint;
	receiveMinorUnits: bigint;
	narrative: string;
	time: number;
}

/** Exactly one of the three, as the API has it. */
export type StatementFilter =
	| { readonly by: 'limit'; readonly limit: number }
	| { readonly by: 'transactionId'; readonly transactionId: string }
	/** Milliseconds since 1970; an entry of exactly this time is included. */
	| { readonly by: 'fromTime'; readonly fromTime: number };

const FIRST_ID = 1001;

/** Every transfer in the order of booking. Balances follow from it and from nothing else. */
export class Ledger {
	readonly #transactions: Transaction[] = [];

	readonly #byAccount = new Map<string, Transaction[]>();

	readonly #balances = new Map<string, bigint>();

	get transactions(): readonly Transaction[] {
		return this.#transactions;
	}

	post(posting: Posting): Transaction {
		const { sender, recipient } = posting;
		const transaction: Transaction = Object.freeze({
			id: String(FIRST_ID + this.#transactions.length),
			date: new Date(posting.time).toISOString().slice(0, 10),
			time: posting.time,
			sendAccount: sender.accountNumber,
			receiveAccount: recipient.accountNumber,
			sendCurrency: sender.currency,
			receiveCurrency: recipient.currency,
			sendAmount: formatMinorUnits(posting.sendMinorUnits),
			receiveAmount: formatMinorUnits(posting.receiveMinorUnits),
			narrative: posting.narrative,
		});
		this.#transactions.push(transaction);
		this.#book(sender.accountNumber, -posting.sendMinorUnits, transaction);
		this.#book(recipient.accountNumber, posting.receiveMinorUnits, transaction);
		return transaction;
	}

	balance(accountNumber: string): bigint {
		return this.#balances.get(accountNumber) ?? 0n;
	}

	/** The account's transactions that match, oldest first. */
	statement(accountNumber: string, filter: StatementFilter): readonly Transaction[] {
		const transactions = this.#byAccount.get(accountNumber) ?? [];
		switch (filter.by) {
			case 'limit':
				return filter.limit === 0 ? [] : transactions.slice(-filter.limit);
			case 'transactionId':
				return transactions.filter(({ id }) => id === filter.transactionId);
			case 'fromTime':
				return transactions.filter(({ time }) => time >= filter.fromTime);
		}
	}

	#book(accountNumber: string, minorUnits: bigint, transaction: Transaction): void {
		this.#balances.set(accountNumber, this.balance(accountNumber) + minorUnits);
		const transactions = this.#byAccount.get(accountNumber);
		if (transactions) transactions.push(transaction);
		else this.#byAccount.set(accountNumber, [transaction]);
	}
}
