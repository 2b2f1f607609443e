import type {
	ICredentialDataDecryptedObject,
	ICredentialType,
	IDataObject,
	INodeCredentialTestResult,
	IPinData,
	IRun,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { ActiveWorkflow } from './active-workflow';
import type { ActivateOptions } from './active-workflow';
import { testCredential } from './credential-test';
import { EngineCredentialTypes } from './credentials-helper';
import type { CredentialSources } from './credentials-helper';
import { DeduplicationKeys } from './deduplication-keys';
import type { EngineObserver, Execution } from './execution';
import { Executions } from './executions';
import type { EngineParts, ExecutionRequest } from './executions';
import { baseNodes } from './helper-nodes/base-nodes';
import { listenToLog, setUpN8nCore } from './n8n';
import type { LogListener } from './n8n';
import { EngineNodeTypes } from './node-types';
import type { NodeTypeSource } from './node-types';
import { ProcessedData } from './processed-data';
import type { BeforeProcessedDataWrite } from './processed-data';
import { createMemoryRows } from './rows';
import type { Rows } from './rows';
import { StaticDataStore } from './static-data';
import { toItems } from './workflow';
import type { Items, WorkflowDefinition } from './workflow';

export interface EngineOptions {
	/** Node types by the names that workflows use. The stand-ins for n8n's base nodes are there in any case. */
	nodes?: Readonly<Record<string, NodeTypeSource>>;
	credentialTypes?: ReadonlyArray<ICredentialType | (new () => ICredentialType)>;
	/** Everything that n8n or a node logs. */
	logger?: LogListener;
	observer?: EngineObserver;
	/** In place of n8n's database; in memory where none is given. Engines that share rows share their workflows' memory. */
	rows?: Rows;
	beforeProcessedDataWrite?: BeforeProcessedDataWrite;
}

export interface RunOptions {
	credentials?: CredentialSources;
	/** What the start node puts out. In manual mode it is pinned to the start node, as in the editor. */
	input?: Items;
	startNode?: string;
	/** Only in manual mode, as in n8n. */
	pinData?: IPinData;
	/** `trigger`, as in a workflow that is active, where nothing else is given. */
	mode?: WorkflowExecuteMode;
	/** Stop after this node. */
	destinationNode?: string;
	executionId?: string;
	/** Instead of the workflow's own. */
	workflowId?: string;
	staticData?: IDataObject;
	/** Cancels the execution. The run is still awaited to its end: a node that ignores it keeps it from ending. */
	signal?: AbortSignal;
}

export interface TestTriggerOptions extends Pick<RunOptions, 'credentials' | 'signal' | 'staticData' | 'startNode'> {
	/** Run what follows the trigger too. */
	wholeWorkflow?: boolean;
}

export interface Engine {
	/** @throws {WorkflowHasIssuesError} where a required parameter is missing. */
	run(workflow: WorkflowDefinition, options?: RunOptions): Promise<IRun>;
	/** Rejects where the trigger cannot start. */
	activate(workflow: WorkflowDefinition, options?: ActivateOptions): Promise<ActiveWorkflow>;
	/** Listens for one event, as the editor does for a test. Rejects where it is cancelled. */
	testTrigger(workflow: WorkflowDefinition, options?: TestTriggerOptions): Promise<IRun>;
	testCredential(type: string, data: ICredentialDataDecryptedObject): Promise<INodeCredentialTestResult>;
	/** Old executions are pruned, and their de-duplication keys with them. */
	forgetExecutions(): Promise<void>;
	/** Ends everything that listens or runs. */
	close(): Promise<void>;
}

/** n8n-core's engine in this process, without n8n's server and database around it. */
export function createEngine(options: EngineOptions = {}): Engine {
	setUpN8nCore();
	const stopListening = options.logger === undefined ? () => {} : listenToLog(options.logger);
	const rows = options.rows ?? createMemoryRows();
	const parts: EngineParts = {
		nodeTypes: new EngineNodeTypes({ ...baseNodes, ...options.nodes }),
		credentialTypes: new EngineCredentialTypes(
			(options.credentialTypes ?? []).map((type) => (typeof type === 'function' ? new type() : type)),
		),
		staticData: new StaticDataStore(rows),
		deduplicationKeys: new DeduplicationKeys(rows),
		processedData: new ProcessedData(rows, options.beforeProcessedDataWrite),
		observer: options.observer ?? {},
	};
	const executions = new Executions(parts);
	const activations = new Set<ActiveWorkflow>();

	return {
		async run(workflow, runOptions = {}) {
			const { signal } = runOptions;
			signal?.throwIfAborted();
			const execution = await executions.start(toRequest(workflow, runOptions));
			return await cancelledBy(signal, execution, execution.ended);
		},

		async activate(workflow, activateOptions = {}) {
			const { id } = workflow;
			if (id === undefined) throw new Error('Only a saved workflow can be activated: give it an id.');
			if (!activateOptions.besideEarlier) {
				for (const earlier of activations) if (earlier.workflowId === id) await earlier.deactivate();
			}
			const active = new ActiveWorkflow({ ...workflow, id }, parts, executions, activateOptions);
			activations.add(active);
			await active.activate();
			return active;
		},

		async testTrigger(workflow, { wholeWorkflow = false, signal, startNode, ...testOptions } = {}) {
			signal?.throwIfAborted();
			const request = toRequest(workflow, { ...testOptions, startNode, mode: 'manual' });
			const trigger = startNode ?? workflow.nodes.find(({ type }) => isTrigger(parts, type))?.name;
			if (trigger === undefined) throw new Error('The workflow has no trigger to test');
			const execution = await executions.start({
				...request,
				startNode: trigger,
				destinationNode: wholeWorkflow ? undefined : { nodeName: trigger, mode: 'inclusive' },
			});
			return await cancelledBy(signal, execution, execution.outcome);
		},

		testCredential: async (type, data) => await testCredential(parts, type, data),
		forgetExecutions: async () => await parts.deduplicationKeys.forgetAll(),

		async close() {
			executions.cancelAll();
			const closing = await Promise.allSettled([...activations].map(async (active) => await active.dispose()));
			activations.clear();
			stopListening();
			for (const result of closing) if (result.status === 'rejected') throw result.reason;
		},
	};
}

function toRequest(workflow: WorkflowDefinition, options: RunOptions): ExecutionRequest {
	const { mode = 'trigger', input, startNode, workflowId = workflow.id, destinationNode } = options;
	const items = input === undefined ? undefined : toItems(input);
	let { pinData = workflow.pinData } = options;
	if (mode === 'manual' && items !== undefined) {
		if (startNode === undefined) throw new Error('Manual runs with input need the name of the start node');
		pinData = { ...pinData, [startNode]: items };
	}
	return {
		workflow: { ...workflow, id: workflowId },
		credentials: options.credentials ?? {},
		executionId: options.executionId,
		staticData: options.staticData,
		destinationNode: destinationNode === undefined ? undefined : { nodeName: destinationNode, mode: 'inclusive' },
		mode,
		startNode,
		items,
		pinData,
	};
}

async function cancelledBy(signal: AbortSignal | undefined, execution: Execution, end: Promise<IRun>): Promise<IRun> {
	const cancel = () => execution.cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	// It can have been aborted while the execution was being created.
	if (signal?.aborted) cancel();
	try {
		return await end;
	} finally {
		signal?.removeEventListener('abort', cancel);
	}
}

function isTrigger({ nodeTypes }: EngineParts, type: string): boolean {
	return nodeTypes.getByNameAndVersion(type).trigger !== undefined;
}
