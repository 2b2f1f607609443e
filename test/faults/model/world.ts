import { setTimeout as passing } from 'node:timers/promises';

import type { Transaction } from '../../../sandbox';
import type { Execution, Rows } from '../../engine';
import { createMemoryRows, nodeError, outputItems } from '../../engine';
import { Bank } from '../support/bank';
import type { Transport } from '../support/bank';
import { lineDrawn, statementRead } from '../support/trigger';
import type { FreshPackage } from './fresh-package';
import { Life, PAYING_NODE } from './life';

/** For what certainly happens: milliseconds after which a schedule is stuck. */
const PATIENCE = 60_000;
const NARRATIVE = 'Rent';

export interface Circumstances {
	readonly transport: Transport;
	/** A statement goes to everybody who holds the key. */
	readonly broadcastStatements: boolean;
	/** Milliseconds from an acknowledgement to the entry in the ledger. */
	readonly settlementDelay: number;
	/** Milliseconds from an emit to its execution and from that to its end, one after the other and then from the start again. */
	readonly delays: readonly number[];
	/** Milliseconds after each step, likewise. */
	readonly pauses: readonly number[];
}

/** `main` listens, and both pay. */
export type ProcessName = 'main' | 'worker';

export interface Order {
	readonly reference?: string;
	readonly amount: string;
	readonly waitForConfirmation: boolean;
	/** How often n8n tries again. */
	readonly retries: number;
}

export interface Payment extends Order {
	readonly narrative: string;
	/** The item’s status or the error’s outcome; `killed` where its process was, and undefined while it goes on. */
	answer: string | undefined;
	alreadySent: boolean;
	message: string;
}

/** Of a transfer, what its execution was started with. */
export interface StartedWith {
	readonly id: string;
	readonly amount: string;
	readonly narrative: string;
	readonly counterparty: string;
}

/** A bank, n8n’s database, and the processes that come and go over it. */
export class World {
	readonly payments: Payment[] = [];

	/** Transfers to the merchant since the workflow knows what is history. */
	readonly received: Transaction[] = [];

	/** What executions were started with, in the order of their start. */
	readonly started: StartedWith[] = [];

	/** Ids of the transfers whose executions ended by themselves. */
	readonly completed: string[] = [];

	/** Executions, by their keys, that were created by a process that was killed before they ended. */
	readonly cutOff = new Set<string>();

	kills = 0;

	readonly #processes = new Map<ProcessName, Life>();

	readonly #lives: Life[] = [];

	readonly #running = new Map<Payment, { life: Life; ended: Promise<void> }>();

	readonly #rows = createMemoryRows();

	/** Which life created the execution with this key. */
	readonly #creators = new Map<string, Life>();

	readonly #delays: Iterator<number, number>;

	readonly #pauses: Iterator<number, number>;

	private constructor(
		readonly bank: Bank,
		{ delays, pauses }: Circumstances,
		private readonly load: () => FreshPackage,
	) {
		this.#delays = endlessly(delays);
		this.#pauses = endlessly(pauses);
	}

	static async open(circumstances: Circumstances, load: () => FreshPackage): Promise<World> {
		const { transport, broadcastStatements, settlementDelay } = circumstances;
		const world = new World(await Bank.open(transport, { broadcastStatements, settlementDelay }), circumstances, load);
		const begun = lineDrawn(world.bank);
		await world.begin('main');
		await world.begin('worker');
		await begun;
		// See docs/guarantees.md: such a server can pass history off as news until the line between the two is saved, which the first event does.
		if (broadcastStatements) await world.#allOver([world.receive()]);
		return world;
	}

	/** A process starts. The main one activates the workflow. */
	async begin(name: ProcessName): Promise<void> {
		const life = this.#newLife(name);
		this.#processes.set(name, life);
		if (name === 'main') await life.listen();
	}

	kill(name: ProcessName): void {
		const life = this.#processes.get(name);
		if (!life) return;
		this.#processes.delete(name);
		life.kill();
		this.kills += 1;
		for (const [payment, { life: payer }] of this.#running) {
			if (payer !== life) continue;
			payment.answer = 'killed';
			this.#running.delete(payment);
		}
		for (const [key, creator] of this.#creators) {
			if (creator === life && !this.completed.includes(transactionIn(key))) this.cutOff.add(transactionIn(key));
		}
	}

	isAlive(name: ProcessName): boolean {
		return this.#processes.has(name);
	}

	process(name: ProcessName): Life {
		const life = this.#processes.get(name);
		if (!life) throw new Error(`${name} is not running`);
		return life;
	}

	async setListening(active: boolean): Promise<void> {
		const main = this.process('main');
		if (active) await main.listen();
		else await main.stopListening();
	}

	nextPause(): number {
		return this.#pauses.next().value;
	}

	receive(): Transaction {
		const transaction = this.bank.receive(`Order ${this.received.length}`);
		this.received.push(transaction);
		return transaction;
	}

	/** Starts a payment, and does not wait for it. */
	pay(name: ProcessName, order: Order): Payment {
		const life = this.process(name);
		const narrative = order.reference === undefined ? `Once ${this.payments.length}` : NARRATIVE;
		const payment: Payment = { ...order, narrative, answer: undefined, alreadySent: false, message: '' };
		this.payments.push(payment);
		this.#running.set(payment, { life, ended: this.#run(life, payment) });
		return payment;
	}

	async paid(payment: Payment): Promise<Payment> {
		await within('a payment', this.#running.get(payment)?.ended ?? Promise.resolve());
		return payment;
	}

	/** Resolves when every payment of a process that is alive was answered. */
	async allPaid(): Promise<void> {
		await Promise.all([...this.#running.keys()].map(async (payment) => await this.paid(payment)));
	}

	/** Lets the trigger connect again, as it will sooner or later, and handle everything and one more. */
	async allHandled(): Promise<void> {
		const caughtUp = statementRead(this.bank);
		this.bank.sandbox.dropConnections();
		await caughtUp;
		this.receive();
		await this.#allOver(this.received);
	}

	async close(): Promise<void> {
		await Promise.allSettled(this.#lives.map(async (life) => await life.end()));
		await this.bank.close();
	}

	/** Resolves when the executions of these transfers have ended, in one way or the other. */
	async #allOver(transactions: readonly Transaction[]): Promise<void> {
		const isOver = ({ id }: Transaction) => this.completed.includes(id) || this.cutOff.has(id);
		const deadline = Date.now() + PATIENCE;
		while (!transactions.every(isOver)) {
			if (Date.now() > deadline) {
				const lost = transactions.filter((transaction) => !isOver(transaction)).map(({ narrative }) => narrative);
				throw new Error(`Lost: ${lost.join(', ')}, of ${transactions.length}`);
			}
			await passing(5);
		}
	}

	#newLife(name: ProcessName): Life {
		const creates = (key: string) => this.#creators.set(key, life);
		const rows: Rows = {
			...this.#rows,
			insert: async (key, value) => {
				const inserted = await this.#rows.insert(key, value);
				if (inserted && key.startsWith('execution-key:')) creates(key);
				return inserted;
			},
		};
		const life: Life = new Life(name, this.bank, this.load, rows, {
			delay: async () => await passing(this.#delays.next().value),
			started: ({ items }) => void this.started.push(...items.map(({ json }) => json as unknown as StartedWith)),
			ended: (execution, ended) => {
				if (ended === 'success') this.completed.push(...idsOf(execution));
			},
		});
		this.#lives.push(life);
		return life;
	}

	async #run(life: Life, payment: Payment): Promise<void> {
		const { reference = '', amount, narrative, waitForConfirmation, retries } = payment;
		const { merchant: accountNumber, customer: beneficiary } = this.bank;
		const parameters = { accountNumber, beneficiary, currency: 'USD', amount, narrative, reference, waitForConfirmation };
		const run = await life.pay(parameters, retries);
		const error = nodeError(run, PAYING_NODE);
		const item = outputItems(run, PAYING_NODE)[0]?.json;
		payment.answer = (error ? error.context.outcome : item?.status) as string | undefined;
		payment.alreadySent = item?.alreadySent === true;
		payment.message = error?.message ?? '';
		this.#running.delete(payment);
	}
}

function* endlessly(values: readonly number[]): Generator<number, number> {
	for (;;) yield* values;
}

/** @throws where it takes so long that it will never happen */
async function within(what: string, work: Promise<void>): Promise<void> {
	const waiting = new AbortController();
	try {
		await Promise.race([
			work,
			passing(PATIENCE, undefined, { signal: waiting.signal }).then(() => {
				throw new Error(`Stuck: ${what}`);
			}),
		]);
	} finally {
		waiting.abort();
	}
}

function idsOf({ items }: Execution): string[] {
	return items.map(({ json }) => (json as unknown as StartedWith).id);
}

/** The transfer that an execution with this key is about. */
function transactionIn(key: string): string {
	return key.slice(key.lastIndexOf(':') + 1);
}
