import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import type { N8nApi } from './api';

const OURS = 'n8n-nodes-cryptocapital.';
const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';
const ERROR_TRIGGER = 'n8n-nodes-base.errorTrigger';

interface ExampleNode {
	type: string;
	typeVersion: number;
	credentials?: Record<string, { id: string; name: string }>;
	parameters: Record<string, unknown>;
	disabled?: boolean;
}

export interface Example {
	/** Its file, without the ending. */
	file: string;
	name: string;
	nodes: ExampleNode[];
	connections: object;
	settings: Record<string, unknown>;
}

export interface ImportedWorkflow {
	id: string;
	file: string;
	name: string;
	/** In the editor. */
	url: string;
	isPublished: boolean;
}

export async function readExamples(directory: string): Promise<Example[]> {
	const files = (await readdir(directory)).filter((name) => name.endsWith('.json')).sort();
	return await Promise.all(
		files.map(async (name) => ({
			...(JSON.parse(await readFile(path.join(directory, name), 'utf8')) as Omit<Example, 'file'>),
			file: path.basename(name, '.json'),
		})),
	);
}

/**
 * Makes a credential, saves every example with it, and publishes those that this package’s trigger starts, and those that hear of errors: the workflows
 * that need nothing else.
 */
export async function importExamples(
	api: N8nApi,
	directory: string,
	credentialData: Record<string, unknown>,
): Promise<ImportedWorkflow[]> {
	const name = 'Crypto Capital (sandbox)';
	const { id } = await api.rest<{ id: string }>('POST', '/credentials', { name, type: 'cryptoCapitalApi', data: credentialData });
	const imported: ImportedWorkflow[] = [];
	for (const { file, ...example } of await readExamples(directory)) {
		const nodes = example.nodes.map((node) =>
			node.type.startsWith(OURS) ? { ...node, credentials: { cryptoCapitalApi: { id, name } } } : node,
		);
		const workflow = await api.rest<{ id: string; versionId: string }>('POST', '/workflows', { ...example, nodes });
		const isPublished = nodes.some(({ type }) => type === TRIGGER || type === ERROR_TRIGGER);
		if (isPublished) await api.rest('POST', `/workflows/${workflow.id}/activate`, { versionId: workflow.versionId });
		imported.push({ id: workflow.id, file, name: example.name, url: `/workflow/${workflow.id}`, isPublished });
	}
	return imported;
}
