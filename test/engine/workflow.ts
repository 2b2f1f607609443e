import { deepCopy, Workflow } from 'n8n-workflow';
import type {
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	IPinData,
	IWorkflowBase,
	IWorkflowSettings,
} from 'n8n-workflow';
import type { CredentialSources } from './credentials-helper';
import type { EngineNodeTypes } from './node-types';

/** A workflow as n8n exports it. Without an id it is one that was never saved. */
export interface WorkflowDefinition {
	id?: string;
	name?: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	pinData?: IPinData;
}

export type Items = ReadonlyArray<INodeExecutionData | IDataObject>;

/**
 * A copy of the workflow with the credentials chosen: each node that takes a credential of a type for which a source is
 * given, and names none itself, gets that one.
 */
export function withCredentials(
	workflow: WorkflowDefinition,
	credentials: CredentialSources,
	nodeTypes: EngineNodeTypes,
): WorkflowDefinition {
	const copy = deepCopy(workflow);
	for (const node of copy.nodes) {
		const taken = nodeTypes.getByNameAndVersion(node.type, node.typeVersion).description.credentials ?? [];
		for (const { name } of taken) {
			if (credentials[name] === undefined || node.credentials?.[name] !== undefined) continue;
			node.credentials = { ...node.credentials, [name]: { id: name, name } };
		}
	}
	return copy;
}

export function createWorkflow(
	definition: WorkflowDefinition,
	nodeTypes: EngineNodeTypes,
	{ active, staticData }: { active: boolean; staticData: IDataObject },
): Workflow {
	// The constructor fills defaults into the nodes it is given, so it gets nodes of its own.
	const { id, name, nodes, connections, settings, pinData } = deepCopy(definition);
	return new Workflow({ id, name, nodes, connections, settings, pinData, active, nodeTypes, staticData });
}

/** The stored form, which n8n's lifecycle hooks carry along. */
export function toWorkflowBase(definition: WorkflowDefinition, active: boolean): IWorkflowBase {
	const now = new Date();
	return {
		...deepCopy(definition),
		id: definition.id ?? '',
		name: definition.name ?? 'Workflow',
		active,
		isArchived: false,
		activeVersionId: null,
		createdAt: now,
		updatedAt: now,
	};
}

/** Plain objects become items; items stay as they are. */
export function toItems(input: Items): INodeExecutionData[] {
	return input.map((item) => (isItem(item) ? item : { json: item }));
}

function isItem(item: INodeExecutionData | IDataObject): item is INodeExecutionData {
	return typeof item.json === 'object' && item.json !== null;
}

export function findStartNode(workflow: Workflow, name: string | undefined): INode {
	const node = name === undefined ? workflow.getStartNode() : workflow.getNode(name);
	if (!node) throw new Error(name === undefined ? 'No node to start the workflow from' : `No node is named "${name}"`);
	return node;
}
