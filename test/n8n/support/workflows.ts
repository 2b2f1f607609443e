import { randomUUID } from 'node:crypto';

import type { N8nApi } from '../../../scripts/n8n/api';
import { eventually } from './eventually';

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [number, number];
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
	webhookId?: string;
	onError?: 'continueErrorOutput' | 'continueRegularOutput' | 'stopWorkflow';
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	alwaysOutputData?: boolean;
}

export interface WorkflowDefinition {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, Record<string, Array<Array<{ node: string; type: string; index: number }>>>>;
	settings: Record<string, unknown>;
}

export type NodeSettings = Partial<Omit<WorkflowNode, 'id' | 'name' | 'type' | 'position'>>;

export const ACTION = 'n8n-nodes-cryptocapital.cryptoCapital';
export const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';

export function node(name: string, type: string, settings: NodeSettings = {}): WorkflowNode {
	return { id: randomUUID(), name, type, typeVersion: 1, position: [0, 0], parameters: {}, ...settings };
}

/** Nodes one after the other. */
export function chain(name: string, ...nodes: WorkflowNode[]): WorkflowDefinition {
	const connections: WorkflowDefinition['connections'] = {};
	for (const [index, { name: from }] of nodes.entries()) {
		const to = nodes[index + 1];
		if (to) connections[from] = { main: [[{ node: to.name, type: 'main', index: 0 }]] };
	}
	const placed = nodes.map((each, index): WorkflowNode => ({ ...each, position: [index * 240, 0] }));
	return { name, nodes: placed, connections, settings: { executionOrder: 'v1' } };
}

/** A node that gives the items of the request's body to the next one. */
export function itemsOfRequest(path: string, responseMode: 'lastNode' | 'onReceived' = 'lastNode'): WorkflowNode[] {
	return [
		node('Webhook', 'n8n-nodes-base.webhook', {
			typeVersion: 2.1,
			webhookId: randomUUID(),
			parameters: { httpMethod: 'POST', path, responseMode, ...(responseMode === 'lastNode' && { responseData: 'allEntries' }), options: {} },
		}),
		node('Items', 'n8n-nodes-base.splitOut', { parameters: { fieldToSplitOut: 'body.items', options: {} } }),
	];
}

export async function createCredential(api: N8nApi, data: Record<string, unknown>, name = 'Crypto Capital'): Promise<{ id: string; name: string }> {
	const { id } = await api.rest<{ id: string }>('POST', '/credentials', { name, type: 'cryptoCapitalApi', data });
	return { id, name };
}

export async function createWorkflow(api: N8nApi, workflow: WorkflowDefinition): Promise<string> {
	const { id } = await api.rest<{ id: string }>('POST', '/workflows', workflow);
	return id;
}

/** Publishes a workflow as it is saved, and waits until its triggers run. */
export async function publish(api: N8nApi, workflowId: string): Promise<void> {
	const { versionId } = await api.rest<{ versionId: string }>('GET', `/workflows/${workflowId}`);
	await api.rest('POST', `/workflows/${workflowId}/activate`, { versionId });
	await untilPublished(api, workflowId);
}

export async function unpublish(api: N8nApi, workflowId: string): Promise<void> {
	await api.rest('POST', `/workflows/${workflowId}/deactivate`);
	await eventually(`the workflow ${workflowId} to be unpublished`, async () => {
		const { liveVersionId, pendingVersionId } = await publicationOf(api, workflowId);
		return liveVersionId === null && pendingVersionId === null;
	});
}

async function publicationOf(api: N8nApi, workflowId: string): Promise<Publication> {
	return await api.rest<Publication>('GET', `/workflows/${workflowId}/publication-status`);
}

interface Publication {
	status: string;
	liveVersionId: string | null;
	pendingVersionId: string | null;
	triggers: Array<{ status: string; errorMessage: string | null }>;
}

/** n8n publishes in the background. */
export async function untilPublished(api: N8nApi, workflowId: string): Promise<void> {
	await eventually(`the workflow ${workflowId} to be published`, async () => {
		const publication = await publicationOf(api, workflowId);
		const failed = publication.triggers.find(({ errorMessage }) => errorMessage !== null);
		if (failed) throw new Error(`A trigger of the workflow could not be activated: ${failed.errorMessage}`);
		return publication.status === 'published' && publication.triggers.every(({ status }) => status === 'activated');
	});
}
