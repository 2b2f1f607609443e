import type { INodeParameters, INodeType, IRun } from 'n8n-workflow';

import type { ActiveWorkflow, Engine, Execution, Rows } from '../../engine';
import { chain, createEngine, node } from '../../engine';
import { describeNode } from '../../engine/helper-nodes/description';
import type { Bank } from '../support/bank';
import type { FreshPackage } from './fresh-package';

const NODE = 'n8n-nodes-cryptocapital.cryptoCapital';
const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';
const WORK = 'test.work';
export const PAYING_NODE = 'Pay';
/** Waits take so small a part of their time. What the machine does by itself takes as long as ever. */
const SPEED = 25;

export interface Observer {
	/** Awaited between an emit and its execution, and once more during that. */
	delay(): Promise<void>;
	started(execution: Execution): void;
	/** @param ended how, or undefined where the process was killed before */
	ended(execution: Execution, ended: IRun['status'] | undefined): void;
}

/**
 * One life of an n8n process: it begins with nothing but what is in the database, and can end at any moment, without another word to anybody.
 */
export class Life {
	#isOver = false;

	readonly #engine: Engine;

	readonly #package: FreshPackage;

	#active: ActiveWorkflow | undefined;

	constructor(
		readonly name: string,
		private readonly bank: Bank,
		load: () => FreshPackage,
		rows: Rows,
		private readonly observer: Observer,
	) {
		this.#package = load();
		this.#hurry();
		const { CryptoCapital, CryptoCapitalTrigger, CryptoCapitalApi } = this.#package;
		this.#engine = createEngine({
			nodes: { [NODE]: new CryptoCapital(), [TRIGGER]: new CryptoCapitalTrigger(), [WORK]: working(observer) },
			credentialTypes: [CryptoCapitalApi],
			rows: this.#asLongAsItLasts(rows),
			observer: {
				executionStarted: (execution) => {
					if (execution.startNode === 'Trigger') observer.started(execution);
				},
				executionEnded: (execution, { status }) => {
					if (execution.startNode === 'Trigger') observer.ended(execution, this.#isOver ? undefined : status);
				},
			},
		});
	}

	get isListening(): boolean {
		return this.#active !== undefined;
	}

	/** Activates the workflow that incoming transfers start. */
	async listen(): Promise<void> {
		const trigger = node('Trigger', TRIGGER, { accountNumbers: [this.bank.merchant], events: ['incomingTransfer'] });
		this.#active = await this.#engine.activate(
			{ ...chain(trigger, node('Work', WORK)), id: 'listening' },
			{
				credentials: this.#credentials,
				beforeExecution: async () => await this.observer.delay(),
			},
		);
	}

	async stopListening(): Promise<void> {
		await this.#active?.deactivate();
		this.#active = undefined;
	}

	/** n8n's database refuses the next execution. */
	failNextExecutionCreation(): void {
		this.#active?.failNextExecutionCreation(new Error('the database is locked'));
	}

	/** Runs the workflow that pays. Never settles where the process is killed meanwhile. */
	async pay(parameters: INodeParameters, retries: number): Promise<IRun> {
		const pay = node(
			PAYING_NODE,
			NODE,
			{ resource: 'transfer', operation: 'send', ...parameters },
			retries > 0 ? { retryOnFail: true, maxTries: 1 + retries, waitBetweenTries: 10 } : {},
		);
		return await this.#run(chain(node('Start', 'n8n-nodes-base.manualTrigger'), pay), 'paying');
	}

	/** Reads the statement, which a server may send to everybody who holds the key. */
	async readStatement(): Promise<IRun> {
		const read = node('Read', NODE, { resource: 'statement', operation: 'get', accountNumber: this.bank.merchant });
		return await this.#run(chain(node('Start', 'n8n-nodes-base.manualTrigger'), read), 'reading');
	}

	/** Old executions are pruned. */
	async forgetExecutions(): Promise<void> {
		await this.#engine.forgetExecutions();
	}

	/** SIGKILL: sockets are cut, no timer comes any more, and nothing that goes on in it reaches the database. */
	kill(): void {
		this.#isOver = true;
		this.#active?.crash();
		const { sharedConnections } = this.#package;
		sharedConnections.closeAll();
		sharedConnections.acquire = () => {
			throw new Error('This process was killed');
		};
	}

	/** Nothing of it is left. */
	async end(): Promise<void> {
		if (!this.#isOver) this.#package.sharedConnections.closeAll();
		this.#isOver = true;
		await this.#engine.close();
	}

	get #credentials() {
		return { cryptoCapitalApi: { ...this.bank.settings } };
	}

	async #run(workflow: Parameters<Engine['run']>[0], id: string): Promise<IRun> {
		const run = await this.#engine.run({ ...workflow, id }, { credentials: this.#credentials });
		return this.#isOver ? await never() : run;
	}

	/** Asked again after a wait. */
	#hasEnded(): boolean {
		return this.#isOver;
	}

	#hurry(): void {
		const { systemClock } = this.#package;
		const { elapsed, startTimer } = { ...systemClock };
		systemClock.elapsed = () => elapsed() * SPEED;
		systemClock.startTimer = (milliseconds, callback) =>
			startTimer(Math.ceil(milliseconds / SPEED), () => {
				if (!this.#isOver) callback();
			});
	}

	/** What was handed to the database before the end is done, and nothing after it. */
	#asLongAsItLasts(rows: Rows): Rows {
		const ifAlive = async <T>(statement: () => Promise<T>): Promise<T> => {
			if (!this.#isOver) {
				const result = await statement();
				if (!this.#hasEnded()) return result;
			}
			return await never();
		};
		return {
			read: async (key) => await ifAlive(async () => await rows.read(key)),
			insert: async (key, value) => await ifAlive(async () => await rows.insert(key, value)),
			write: async (key, value) => {
				await ifAlive(async () => await rows.write(key, value));
			},
			delete: async (key) => {
				await ifAlive(async () => await rows.delete(key));
			},
			keys: async () => await ifAlive(async () => await rows.keys()),
		};
	}
}

/** What a workflow does with a transfer: it takes its time. */
function working({ delay }: Observer): INodeType {
	return {
		description: describeNode('Work'),
		async execute() {
			await delay();
			return [this.getInputData()];
		},
	};
}

async function never<T>(): Promise<T> {
	return await new Promise<T>(() => {});
}
