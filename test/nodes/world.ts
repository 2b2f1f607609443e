import { setMaxListeners } from 'node:events';
import type { ICredentialDataDecryptedObject, IDataObject, INode, INodeParameters, IRun } from 'n8n-workflow';
import { DEFAULT_OPTIONS, DEFAULT_SESSION_OPTIONS, generateKeyPair, sharedConnections } from '../../client';
import { CryptoCapitalApi } from '../../credentials/CryptoCapitalApi.credentials';
import { CryptoCapital } from '../../nodes/CryptoCapital/CryptoCapital.node';
import { CryptoCapitalTrigger } from '../../nodes/CryptoCapitalTrigger/CryptoCapitalTrigger.node';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { DEMO_ACCOUNTS, startSandbox } from '../../sandbox';
import type {
	ActivateOptions,
	ActiveWorkflow,
	CredentialSource,
	Engine,
	EngineOptions,
	Execution,
	Items,
	Recorded,
	RunOptions,
	WorkflowDefinition,
} from '../engine';
import { chain, createEngine, createHangingNode, node, nodeError, outputItems } from '../engine';

export const { merchantUsd, merchantEur, merchantReserveUsd, customerUsd, customerEur, supplierUsd } = DEMO_ACCOUNTS;

export const ACTION = 'n8n-nodes-cryptocapital.cryptoCapital';
export const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';

let executions = 0;

/** For waits on what certainly happens: only a mistake lets one expire. */
export const PATIENCE = 10_000;

// For a machine that is busy with other things.
jest.setTimeout(20_000);

// What reconnects does so at once here, and a statement is over sooner than from a real server: how long both wait has tests of its own.
Object.assign(DEFAULT_SESSION_OPTIONS.backoff, { minimum: 20, maximum: 100 });
Object.assign(DEFAULT_OPTIONS, { quietPeriod: 300 });

export interface WorldOptions {
	sandbox?: SandboxOptions;
	engine?: EngineOptions;
}

/** The result of one run of the action node. */
export interface Outcome {
	run: IRun;
	items: IDataObject[];
	error: ReturnType<typeof nodeError> & { description?: string | null; context?: IDataObject };
}

/**
 * A sandbox, and an engine with this package's nodes, as their sources are. The merchant's key is new in each world, because what was sent with a
 * key is remembered for the life of the process.
 */
export class World {
	readonly keys = generateKeyPair();
	readonly hanging = createHangingNode();
	readonly engine: Engine;
	/** Every operation that the sandbox received. */
	readonly operations: Array<{ operation: string; params: unknown }> = [];

	/** The ids of the workflows that were activated before. */
	readonly #begun = new Set<string | undefined>();

	private constructor(
		readonly sandbox: Sandbox,
		options: EngineOptions = {},
	) {
		setMaxListeners(0, sandbox);
		const publicKeys = [this.keys.publicKey];
		const merchant = { name: 'Merchant', openingBalance: '25000.00', publicKeys };
		sandbox.openAccount({ accountNumber: merchantUsd, currency: 'USD', ...merchant });
		sandbox.openAccount({ accountNumber: merchantEur, currency: 'EUR', ...merchant });
		for (const accountNumber of [merchantReserveUsd, customerUsd, supplierUsd]) {
			sandbox.openAccount({ accountNumber, name: 'Other', currency: 'USD', openingBalance: '10000.00' });
		}
		sandbox.openAccount({ accountNumber: customerEur, name: 'Other', currency: 'EUR', openingBalance: '10000.00' });
		sandbox.on('operation', ({ operation, params }) => this.operations.push({ operation, params }));
		this.engine = createEngine({
			...options,
			nodes: { [ACTION]: CryptoCapital, [TRIGGER]: CryptoCapitalTrigger, 'test.hanging': this.hanging, ...options.nodes },
			credentialTypes: [CryptoCapitalApi],
		});
	}

	static async open({ sandbox, engine }: WorldOptions = {}): Promise<World> {
		// What there was before the test began lies a while back, on the server's clock too.
		let past = 60_000;
		const clock = () => Date.now() - past;
		const world = new World(await startSandbox({ demoData: false, clock, ...sandbox }), engine);
		past = 0;
		return world;
	}

	/** The merchant's credential for this sandbox. */
	credential(overrides: ICredentialDataDecryptedObject = {}): ICredentialDataDecryptedObject {
		const { url, serverPublicKey } = this.sandbox;
		return { serverUrl: url, serverPublicKey, privateKey: this.keys.privateKey, ...overrides };
	}

	/** The params of every transfer that reached the sandbox, in order. */
	get transfersReceived(): unknown[] {
		return this.operations.filter(({ operation }) => operation === 'transfer').map(({ params }) => params);
	}

	/** Runs the action node, once for each of the input's items, in a saved workflow. */
	async run(
		parameters: INodeParameters,
		options: Omit<RunOptions, 'credentials' | 'input'> & {
			input?: Items;
			credential?: CredentialSource;
			settings?: Partial<INode>;
			workflowSettings?: WorkflowDefinition['settings'];
		} = {},
	): Promise<Outcome> {
		const { credential = this.credential(), settings, workflowSettings, ...runOptions } = options;
		const workflow = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Pay', ACTION, parameters, settings));
		const run = await this.engine.run(
			{ ...workflow, settings: { ...workflow.settings, ...workflowSettings } },
			// What was sent in an execution is remembered for the life of the process, and each engine would count from one.
			{ executionId: String(++executions), ...runOptions, credentials: { cryptoCapitalApi: credential } },
		);
		return {
			run,
			items: outputItems(run, 'Pay').map(({ json }) => json),
			error: nodeError(run, 'Pay') as Outcome['error'],
		};
	}

	/** Activates a workflow that begins with the trigger. Resolves when the trigger knows what is history for it. */
	async activate(parameters: INodeParameters = {}, options: TriggerOptions = {}): Promise<ActiveWorkflow> {
		// Where the history ends is read twice before it is believed.
		const { workflow = triggerWorkflow(parameters) } = options;
		const readings = this.#begun.has(workflow.id) ? 1 : 2;
		const listening = this.listening(readings * accountsOf(parameters).length);
		const active = await this.begin(parameters, options);
		await listening;
		return active;
	}

	/** Activates, and does not wait for the trigger's connection. */
	async begin(parameters: INodeParameters = {}, options: TriggerOptions = {}): Promise<ActiveWorkflow> {
		const { credential = this.credential(), workflow = triggerWorkflow(parameters), ...activateOptions } = options;
		this.#begun.add(workflow.id);
		return await this.engine.activate(workflow, { ...activateOptions, credentials: { cryptoCapitalApi: credential } });
	}

	/**
	 * Resolves when so many statements were read from now on: the answer that marks the end of each is written, so whatever is
	 * announced from then on comes behind it.
	 */
	async listening(statements = 1): Promise<void> {
		let answers = 0;
		await this.sandbox.next('sent', ({ type }) => type === 'account' && ++answers === statements, PATIENCE);
	}

	/** Everything is closed at once: the nodes would keep their connections for the next execution. */
	async close(): Promise<void> {
		await this.engine.close();
		sharedConnections.closeAll();
		await this.sandbox.close();
	}
}

export interface TriggerOptions extends Omit<ActivateOptions, 'credentials'> {
	credential?: CredentialSource;
	workflow?: WorkflowDefinition;
}

/** A workflow of the trigger and one more node. */
export function triggerWorkflow(parameters: INodeParameters = {}, next = 'n8n-nodes-base.noOp', id?: string) {
	const workflow = chain(
		node('Trigger', TRIGGER, { accountNumbers: [merchantUsd], ...parameters }),
		node('Next', next),
	);
	return { ...workflow, id: id ?? workflow.id };
}

function accountsOf({ accountNumbers }: INodeParameters): unknown[] {
	return Array.isArray(accountNumbers) ? accountNumbers : [merchantUsd];
}

/** Parameters of the transfer operation: 150.10 USD from the merchant to the customer. */
export function send(parameters: INodeParameters = {}): INodeParameters {
	const { options, ...others } = parameters;
	return {
		resource: 'transfer',
		operation: 'send',
		accountNumber: merchantUsd,
		beneficiary: customerUsd,
		currency: 'USD',
		amount: 150.1,
		narrative: 'Invoice 1',
		...others,
		options: { quietPeriod: 0.2, ...(options as INodeParameters | undefined) },
	};
}

/** Parameters of the statement operation. */
export function statement(parameters: INodeParameters = {}): INodeParameters {
	const { options, ...others } = parameters;
	return {
		resource: 'statement',
		operation: 'get',
		accountNumber: merchantUsd,
		...others,
		options: { quietPeriod: 0.2, ...(options as INodeParameters | undefined) },
	};
}

/** Parameters of the account operation. */
export function account(parameters: INodeParameters = {}): INodeParameters {
	return { resource: 'account', operation: 'get', accountNumber: merchantUsd, ...parameters };
}

/** The next one that nobody has waited for, within the patience of these tests. */
export async function next<T>(recorded: Recorded<T>): Promise<T> {
	return await recorded.next({ signal: AbortSignal.timeout(PATIENCE) });
}

export async function nextItem(active: ActiveWorkflow): Promise<IDataObject | undefined> {
	return (await next(active.endedExecutions)).items[0]?.json;
}

/** A field of the first item of each execution, in the order of their start. */
export function started(executions: readonly Execution[], field = 'narrative'): unknown[] {
	return executions.map(({ items }) => items[0]?.json[field]);
}
