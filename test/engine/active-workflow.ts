import { ActiveWorkflowTriggers, TriggerContext, WorkflowHasIssuesError } from 'n8n-core';
import { LoggerProxy } from 'n8n-workflow';
import type {
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	ITriggerFunctions,
	Workflow,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additional-data';
import { EngineCredentialsHelper } from './credentials-helper';
import type { CredentialSources } from './credentials-helper';
import { DuplicateExecutionError } from './deduplication-keys';
import type { Execution } from './execution';
import type { EngineParts, Executions } from './executions';
import { getService } from './n8n';
import { setProcessedDataOf } from './processed-data';
import { Recorded } from './recorded';
import { createWorkflow, withCredentials } from './workflow';
import type { WorkflowDefinition } from './workflow';

export interface Emission {
	items: INodeExecutionData[];
	deduplicationKey: string | undefined;
}

export interface ActivateOptions {
	credentials?: CredentialSources;
	mode?: WorkflowExecuteMode;
	activation?: WorkflowActivateMode;
	/** Begin with this instead of what was saved for the workflow. */
	staticData?: IDataObject;
	/** As n8n sometimes does: leave an earlier activation of the same workflow open. */
	besideEarlier?: boolean;
	/** Off: `emitError` closes the trigger and leaves it closed. */
	reactivate?: boolean;
	/** Awaited between an emit and the execution that it creates. n8n promises no order among the emits of one tick. */
	beforeExecution?: (emission: Emission) => Promise<void> | void;
}

type SavedWorkflow = WorkflowDefinition & { id: string };
type Emit = ITriggerFunctions['emit'];
type DonePromise = NonNullable<Parameters<Emit>[2]>;

let registrations = 0;

/** A workflow that n8n has activated: its trigger listens, and each emit starts an execution. */
export class ActiveWorkflow {
	/** Executions in the order in which they started. */
	readonly executions: readonly Execution[];
	readonly endedExecutions = new Recorded<Execution>();
	/** What the trigger gave to `saveFailedExecution`. */
	readonly savedErrors = new Recorded<Error>();
	/** What the trigger gave to `emitError`. */
	readonly emittedErrors = new Recorded<Error>();
	/** De-duplication keys whose execution was there already. */
	readonly suppressedKeys = new Recorded<string>();
	/** Why re-activations after `emitError` failed. n8n would try again, with growing pauses. */
	readonly activationErrors = new Recorded<Error>();

	private readonly started: Execution[] = [];
	private readonly creationFailures: Error[] = [];
	private readonly registrationKeys = new Set<string>();
	private readonly triggers = getService(ActiveWorkflowTriggers);
	private staticDataAtCrash: IDataObject | undefined;
	private isDeactivated = false;

	constructor(
		private readonly definition: SavedWorkflow,
		private readonly parts: EngineParts,
		private readonly runner: Executions,
		private readonly options: ActivateOptions,
	) {
		this.executions = this.started;
	}

	get workflowId(): string {
		return this.definition.id;
	}

	/** What a restart of n8n would find: as of the crash, where there was one. */
	get savedStaticData(): IDataObject {
		return this.staticDataAtCrash ?? this.parts.staticData.lastSaved(this.workflowId);
	}

	/** The next execution to end that was not asked for yet. */
	async nextExecution(options?: { signal?: AbortSignal }): Promise<Execution> {
		return await this.endedExecutions.next(options);
	}

	/** The next emit gets no execution: its `donePromise` rejects with this error. */
	failNextExecutionCreation(error: Error): void {
		this.creationFailures.push(error);
	}

	async activate(): Promise<void> {
		const { nodeTypes, staticData, processedData } = this.parts;
		const saved = await staticData.load(this.workflowId);
		const workflow = createWorkflow(this.resolvedDefinition(), nodeTypes, {
			active: true,
			staticData: this.registrationKeys.size === 0 ? (this.options.staticData ?? saved) : saved,
		});
		if (workflow.getTriggerNodes().length === 0) throw new Error('The workflow has no node to start it');
		setProcessedDataOf(workflow, processedData);
		const key = `${this.workflowId}#${++registrations}`;
		this.registrationKeys.add(key);
		const { mode = 'trigger', activation = 'activate' } = this.options;
		await this.triggers.addAllTriggers(
			key,
			workflow,
			createAdditionalData({ credentialsHelper: this.credentialsHelper(), workflowId: this.workflowId }),
			mode,
			activation,
			(_workflow, node, additionalData) =>
				new TriggerContext(
					workflow,
					node,
					additionalData,
					mode,
					activation,
					this.createEmit(workflow, node, mode),
					(error) => this.emitError(key, error),
					(error) => {
						if (!this.isCrashed) this.savedErrors.add(error);
					},
				),
			() => {
				throw new Error('Polling triggers are not supported by the engine harness.');
			},
		);
		await staticData.saveIfChanged(workflow, () => this.isCrashed);
	}

	/** What switching the workflow off does. Executions that run go on. */
	async deactivate(): Promise<void> {
		this.isDeactivated = true;
		if (!this.isCrashed) await this.closeTriggers();
	}

	/**
	 * The process is gone: nothing is closed or saved, what runs is cut off, and whatever the trigger does from now on has
	 * no effect. Its sockets stay open until the engine closes, because a process that lives on cannot lose them.
	 */
	crash(): void {
		this.staticDataAtCrash = this.savedStaticData;
		this.isDeactivated = true;
		for (const execution of this.started) execution.cancel();
	}

	/** Closes what is left open, after a crash too. */
	async dispose(): Promise<void> {
		this.isDeactivated = true;
		await this.closeTriggers();
	}

	private get isCrashed(): boolean {
		return this.staticDataAtCrash !== undefined;
	}

	private async closeTriggers(): Promise<void> {
		const keys = [...this.registrationKeys];
		this.registrationKeys.clear();
		for (const key of keys) await this.triggers.remove(key);
	}

	private createEmit(workflow: Workflow, node: INode, mode: WorkflowExecuteMode): Emit {
		return (data, responsePromise, donePromise, deduplicationKey) => {
			if (this.isCrashed) return;
			this.parts.staticData.saveIfChanged(workflow, () => this.isCrashed).catch(logFailure);
			const created = this.createExecution({
				startNode: node.name,
				items: data[0] ?? [],
				mode,
				deduplicationKey,
				onResponse: (response) => responsePromise?.resolve(response),
			});
			if (donePromise === undefined) created.catch(logFailure);
			else this.settle(donePromise, created);
		};
	}

	private async createExecution(
		request: Omit<Parameters<Executions['start']>[0], 'workflow' | 'credentials'> & { items: INodeExecutionData[] },
	): Promise<Execution | undefined> {
		const { items, deduplicationKey } = request;
		// n8n looks the workflow up before it creates the execution, so never in the tick of the emit.
		await this.options.beforeExecution?.({ items, deduplicationKey });
		const failure = this.creationFailures.shift();
		if (failure !== undefined) throw failure;
		try {
			const execution = await this.runner.start({
				...request,
				workflow: this.definition,
				credentials: this.options.credentials ?? {},
				isAbandoned: () => this.isCrashed,
			});
			this.started.push(execution);
			if (this.isCrashed) execution.cancel();
			else void execution.ended.then(() => this.endedExecutions.add(execution));
			return execution;
		} catch (error) {
			if (error instanceof DuplicateExecutionError) {
				this.suppressedKeys.add(error.deduplicationKey);
				return undefined;
			}
			// n8n records such an execution as failed, and tells the trigger the same as for a suppressed repeat.
			if (error instanceof WorkflowHasIssuesError) return undefined;
			throw error;
		}
	}

	private settle(donePromise: DonePromise, created: Promise<Execution | undefined>): void {
		// The type leaves out that n8n resolves with undefined where no execution ran.
		const { resolve, reject } = donePromise as { resolve(run: IRun | undefined): void; reject(error: Error): void };
		created
			.then(async (execution) => await execution?.outcome)
			.then(
				(run) => {
					if (!this.isCrashed) resolve(run);
				},
				(error: unknown) => {
					if (!this.isCrashed) reject(error as Error);
				},
			);
	}

	/** n8n closes the trigger without waiting for it, and activates the workflow again. */
	private emitError(key: string, error: Error): void {
		if (this.isCrashed) return;
		this.emittedErrors.add(error);
		this.registrationKeys.delete(key);
		this.triggers.remove(key).catch(logFailure);
		if (this.isDeactivated || this.options.reactivate === false) return;
		this.activate().catch((cause: unknown) => this.activationErrors.add(cause as Error));
	}

	private resolvedDefinition(): WorkflowDefinition {
		return withCredentials(this.definition, this.options.credentials ?? {}, this.parts.nodeTypes);
	}

	private credentialsHelper(): EngineCredentialsHelper {
		const { credentialTypes, nodeTypes } = this.parts;
		return new EngineCredentialsHelper(credentialTypes, nodeTypes, this.options.credentials ?? {});
	}
}

function logFailure(error: unknown): void {
	LoggerProxy.error(error instanceof Error ? error.message : 'Something failed', { error });
}
