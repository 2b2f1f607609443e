import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, ManualExecutionCancelledError } from 'n8n-workflow';
import type {
	IDataObject,
	IDestinationNode,
	IExecuteResponsePromiseData,
	INodeExecutionData,
	IPinData,
	IRun,
	ITaskData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additional-data';
import type { EngineCredentialsHelper } from './credentials-helper';
import { findStartNode, toWorkflowBase } from './workflow';
import type { WorkflowDefinition } from './workflow';

/** Told of everything that runs, as it happens. */
export interface EngineObserver {
	executionStarted?(execution: Execution): void;
	nodeStarted?(execution: Execution, nodeName: string): void;
	nodeFinished?(execution: Execution, nodeName: string, data: ITaskData): void;
	executionEnded?(execution: Execution, run: IRun): void;
}

export interface ExecutionPlan {
	id: string;
	definition: WorkflowDefinition;
	workflow: Workflow;
	mode: WorkflowExecuteMode;
	startNode?: string;
	items?: INodeExecutionData[];
	pinData?: IPinData;
	destinationNode?: IDestinationNode;
	deduplicationKey?: string;
	credentialsHelper: EngineCredentialsHelper;
	observer: EngineObserver;
	onResponse?: (response: IExecuteResponsePromiseData) => void;
	saveStaticData: (data: IDataObject) => Promise<void>;
}

/** One run of a workflow in n8n-core's engine. Running from the moment it is made. */
export class Execution {
	readonly id: string;
	readonly workflow: WorkflowDefinition;
	readonly mode: WorkflowExecuteMode;
	readonly startNode: string;
	/** What it was started with. */
	readonly items: readonly INodeExecutionData[];
	readonly deduplicationKey: string | undefined;
	/** Settles when nothing of it runs any more, also after it was cancelled. */
	readonly ended: Promise<IRun>;
	/** What n8n tells whoever started it: rejects as soon as it is cancelled. */
	readonly outcome: Promise<IRun>;

	private readonly running: ReturnType<WorkflowExecute['processRunExecutionData']>;
	private cancelled = false;
	private rejectOutcome: (error: Error) => void = () => {};
	private finishedRun: IRun | undefined;

	/** @throws {WorkflowHasIssuesError} where a node lacks a required parameter: then nothing runs. */
	constructor(plan: ExecutionPlan) {
		this.id = plan.id;
		this.workflow = plan.definition;
		this.mode = plan.mode;
		this.deduplicationKey = plan.deduplicationKey;
		const startNode = findStartNode(plan.workflow, plan.startNode);
		this.startNode = startNode.name;
		this.items = plan.items ?? [{ json: {} }];
		this.running = this.start(plan, startNode);
		plan.observer.executionStarted?.(this);
		this.ended = this.running.then((run) => this.finish(run, plan.observer));
		this.outcome = new Promise((resolve, reject) => {
			this.rejectOutcome = reject;
			this.ended.then(resolve, reject);
		});
		// A cancelled execution that nobody waits for is not an unhandled error.
		this.outcome.catch(() => {});
	}

	/** How it ended; undefined while it runs. */
	get run(): IRun | undefined {
		return this.finishedRun;
	}

	/** What the stop button does: nodes see it by `getExecutionCancelSignal()`. */
	cancel(): void {
		if (this.finishedRun !== undefined || this.cancelled) return;
		this.cancelled = true;
		this.running.cancel();
		this.rejectOutcome(new ManualExecutionCancelledError(this.id));
	}

	private start(plan: ExecutionPlan, startNode: ReturnType<typeof findStartNode>) {
		const { workflow, mode, destinationNode, pinData } = plan;
		const additionalData = createAdditionalData({
			credentialsHelper: plan.credentialsHelper,
			hooks: this.createHooks(plan),
			executionId: plan.id,
			workflowId: workflow.id,
		});
		if (mode === 'manual') {
			return new WorkflowExecute(additionalData, mode).run({ workflow, startNode, destinationNode, pinData });
		}
		const data = createRunExecutionData({
			startData: destinationNode === undefined ? undefined : { destinationNode },
			executionData: {
				nodeExecutionStack: [{ node: startNode, data: { main: [[...this.items]] }, source: null }],
			},
		});
		return new WorkflowExecute(additionalData, mode, data).processRunExecutionData(workflow);
	}

	private createHooks({ definition, mode, observer, onResponse, saveStaticData }: ExecutionPlan) {
		const hooks = new ExecutionLifecycleHooks(mode, this.id, toWorkflowBase(definition, mode !== 'manual'));
		hooks.addHandler('nodeExecuteBefore', (nodeName) => observer.nodeStarted?.(this, nodeName));
		hooks.addHandler('nodeExecuteAfter', (nodeName, data) => observer.nodeFinished?.(this, nodeName, data));
		if (onResponse !== undefined) hooks.addHandler('sendResponse', onResponse);
		hooks.addHandler('workflowExecuteAfter', async (_run, newStaticData?: IDataObject) => {
			// n8n saves what a production execution changed, and nothing that a test in the editor did.
			if (newStaticData !== undefined && mode !== 'manual') await saveStaticData(newStaticData);
		});
		return hooks;
	}

	private finish(run: IRun, observer: EngineObserver): IRun {
		if (this.cancelled) {
			// n8n stores it like that, whatever its nodes made of being cancelled.
			run.status = 'canceled';
		}
		this.finishedRun = run;
		observer.executionEnded?.(this, run);
		return run;
	}
}
