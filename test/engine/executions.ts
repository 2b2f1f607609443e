import type { IDataObject } from 'n8n-workflow';
import { EngineCredentialsHelper } from './credentials-helper';
import type { CredentialSources, EngineCredentialTypes } from './credentials-helper';
import type { DeduplicationKeys } from './deduplication-keys';
import { Execution } from './execution';
import type { EngineObserver, ExecutionPlan } from './execution';
import type { EngineNodeTypes } from './node-types';
import { setProcessedDataOf } from './processed-data';
import type { ProcessedData } from './processed-data';
import type { StaticDataStore } from './static-data';
import { createWorkflow, withCredentials } from './workflow';
import type { WorkflowDefinition } from './workflow';

/** What all executions of an engine have in common. */
export interface EngineParts {
	nodeTypes: EngineNodeTypes;
	credentialTypes: EngineCredentialTypes;
	staticData: StaticDataStore;
	deduplicationKeys: DeduplicationKeys;
	processedData: ProcessedData;
	observer: EngineObserver;
}

export interface ExecutionRequest
	extends Pick<
		ExecutionPlan,
		'deduplicationKey' | 'destinationNode' | 'items' | 'mode' | 'onResponse' | 'pinData' | 'startNode'
	> {
	workflow: WorkflowDefinition;
	credentials: CredentialSources;
	executionId?: string;
	/** Instead of what is saved for the workflow. */
	staticData?: IDataObject;
	/** Answers whether the process that this execution belongs to counts as crashed. */
	isAbandoned?: () => boolean;
}

/** Creates executions as n8n does, and knows those that run. */
export class Executions {
	private readonly active = new Set<Execution>();
	private lastId = 0;

	constructor(private readonly parts: EngineParts) {}

	/** @throws {DuplicateExecutionError} */
	async start(request: ExecutionRequest): Promise<Execution> {
		const { nodeTypes, credentialTypes, staticData, deduplicationKeys, processedData, observer } = this.parts;
		const { credentials, isAbandoned = () => false, ...rest } = request;
		const id = request.executionId ?? String(++this.lastId);
		const loaded = request.staticData ?? (await staticData.load(request.workflow.id));
		if (request.deduplicationKey !== undefined) await deduplicationKeys.claim(request.deduplicationKey);
		const definition = withCredentials(request.workflow, credentials, nodeTypes);
		const workflow = createWorkflow(definition, nodeTypes, { active: request.mode !== 'manual', staticData: loaded });
		setProcessedDataOf(workflow, processedData);
		const execution = new Execution({
			...rest,
			id,
			definition,
			workflow,
			observer,
			credentialsHelper: new EngineCredentialsHelper(credentialTypes, nodeTypes, credentials),
			saveStaticData: async (data) => {
				if (workflow.id && !isAbandoned()) await staticData.save(workflow.id, data);
			},
		});
		this.active.add(execution);
		void execution.ended.finally(() => this.active.delete(execution));
		return execution;
	}

	cancelAll(): void {
		for (const execution of this.active) execution.cancel();
	}
}
