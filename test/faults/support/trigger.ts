import { CryptoCapitalApi } from '../../../credentials/CryptoCapitalApi.credentials';
import type { Surroundings } from '../../../nodes/CryptoCapitalTrigger/live-trigger';
import type { Transaction } from '../../../sandbox';
import type { ActiveWorkflow, Engine, LogEntry } from '../../engine';
import { chain, createEngine, node } from '../../engine';
import type { Bank } from './bank';
import { PATIENCE } from './bank';
import { fastClock } from './fast-clock';
import { triggerNodeOn } from './trigger-node';

const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';
/** The trigger's waits are minutes and seconds. */
const SPEED = 8;

let workflows = 0;

/** A workflow of a bank's merchant that is active, and knows what is history for it. */
export class Listening {
	private constructor(
		readonly bank: Bank,
		readonly engine: Engine,
		readonly active: ActiveWorkflow,
		/** What all workflows of the process logged. */
		readonly log: readonly LogEntry[],
	) {}

	/** On the bank's time where nothing else is said: days are short there. */
	static async to(bank: Bank, surroundings: Surroundings = quick(bank), events?: string[]): Promise<Listening> {
		const caughtUp = lineDrawn(bank);
		const listening = await Listening.beforeTheServer(bank, surroundings, events);
		await caughtUp;
		return listening;
	}

	/** Active, without a server so far. */
	static async beforeTheServer(
		bank: Bank,
		surroundings: Surroundings = quick(bank),
		events = ['incomingTransfer'],
	): Promise<Listening> {
		const log: LogEntry[] = [];
		const engine = createEngine({
			nodes: { [TRIGGER]: triggerNodeOn(surroundings) },
			credentialTypes: [CryptoCapitalApi],
			logger: (entry) => log.push(entry),
		});
		const workflow = chain(node('Trigger', TRIGGER, { accountNumbers: [bank.merchant], events }), node('End', 'n8n-nodes-base.noOp'));
		const active = await engine.activate(
			// One process knows a trigger by its workflow.
			{ ...workflow, id: `listening${++workflows}` },
			{ credentials: { cryptoCapitalApi: { ...bank.settings } } },
		);
		return new Listening(bank, engine, active, log);
	}

	/** The ids of the transactions that executions were started with, in the order of their start. */
	get started(): unknown[] {
		return this.active.executions.map(({ items }) => items[0]?.json.id);
	}

	/** What the user's error workflow was started with. */
	get told(): string[] {
		return this.active.savedErrors.all.map(({ message }) => message);
	}

	/** Resolves when the execution for this transaction has ended. */
	async handled({ id }: Transaction): Promise<void> {
		const signal = AbortSignal.timeout(PATIENCE);
		const isHandled = () => this.active.endedExecutions.all.some(({ items }) => items[0]?.json.id === id);
		while (!isHandled()) await this.active.nextExecution({ signal });
	}

	/**
	 * Lets the trigger connect again, as it will sooner or later, and handle one more transfer: whatever it had still to start, it has started then,
	 * and whatever it would start twice. n8n has pruned its executions meanwhile, so their keys hide nothing.
	 */
	async settle(): Promise<void> {
		const { bank } = this;
		bank.sandbox.faults.clear();
		await this.engine.forgetExecutions();
		const caughtUp = statementRead(bank);
		bank.sandbox.dropConnections();
		await caughtUp;
		await this.handled(bank.receive('The last one'));
	}

	async close(): Promise<void> {
		await this.engine.close();
	}
}

function quick(bank: Bank): Surroundings {
	const clock = fastClock(SPEED);
	return { clock, connections: bank.connectionsOn(clock) };
}

/** Resolves when the answer that marks the end of a statement is written: what is announced from then on comes behind it. */
export async function statementRead({ sandbox }: Bank): Promise<void> {
	await sandbox.next('sent', ({ type, genuine }) => type === 'account' && genuine, PATIENCE);
}

/** Resolves when a trigger that begins knows what is history for it: it reads that twice before it believes it. */
export async function lineDrawn(bank: Bank): Promise<void> {
	let answers = 0;
	await bank.sandbox.next('sent', ({ type, genuine }) => type === 'account' && genuine && ++answers === 2, PATIENCE);
}
