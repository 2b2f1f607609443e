import type { N8nApi } from '../../../scripts/n8n/api';

export interface Item {
	json: Record<string, unknown>;
	pairedItem?: unknown;
}

export interface NodeRun {
	executionStatus: string;
	error?: { message: string; description?: string; context?: Record<string, unknown> };
	data?: { main?: Array<Item[] | null>; ai_tool?: Array<Item[] | null> };
}

export interface Execution {
	id: number;
	status: string;
	mode: string;
	workflowId: string;
	startedAt: string;
	data: {
		resultData: { error?: NodeRun['error']; runData: Record<string, NodeRun[]>; lastNodeExecuted?: string };
		/** What was still to be run when it was saved last. */
		executionData?: { nodeExecutionStack?: Array<{ data: { main?: Array<Item[] | null> } }> };
	};
}

interface Page {
	data: Array<Omit<Execution, 'id'> & { id: string | number }>;
	nextCursor: string | null;
}

/** All executions of a workflow with their data, in the order in which they were created. */
export async function executionsOf(api: N8nApi, workflowId: string): Promise<Execution[]> {
	const executions = (await pagesOf(api, workflowId, true)).map((execution) => ({ ...execution, id: Number(execution.id) }));
	return executions.sort((a, b) => a.id - b.id);
}

/** How the executions of a workflow are, without what makes many of them slow to ask for. */
export async function statusesOf(api: N8nApi, workflowId: string): Promise<string[]> {
	return (await pagesOf(api, workflowId, false)).map(({ status }) => status);
}

async function pagesOf(api: N8nApi, workflowId: string, includeData: boolean): Promise<Page['data']> {
	const executions: Page['data'] = [];
	let cursor: string | null = '';
	do {
		const query = `workflowId=${workflowId}&includeData=${includeData}&limit=${includeData ? 100 : 250}${cursor ? `&cursor=${cursor}` : ''}`;
		const page: Page = await api.v1<Page>('GET', `/executions?${query}`);
		executions.push(...page.data);
		cursor = page.nextCursor;
	} while (cursor);
	return executions;
}

/** What the last run of a node gave out. */
export function outputOf(execution: Execution, nodeName: string, output = 0): Item[] {
	return execution.data.resultData.runData[nodeName]?.at(-1)?.data?.main?.[output] ?? [];
}

export function runsOf(execution: Execution, nodeName: string): NodeRun[] {
	return execution.data.resultData.runData[nodeName] ?? [];
}
