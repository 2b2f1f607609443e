import { NodeConnectionTypes } from 'n8n-workflow';
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowDefinition } from './workflow';

/** A node of a workflow, with an id and a position made from its name. */
export function node(
	name: string,
	type: string,
	parameters: INodeParameters = {},
	settings: Partial<Omit<INode, 'name' | 'type' | 'parameters'>> = {},
): INode {
	return { id: `id-of-${name}`, name, type, typeVersion: 1, position: [0, 0], parameters, ...settings };
}

/** A saved workflow in which each node feeds the next by its first output. */
export function chain(...nodes: INode[]): WorkflowDefinition & { id: string } {
	const connections: IConnections = {};
	nodes.forEach(({ name }, index) => {
		const next = nodes[index + 1];
		if (next) connections[name] = { main: [[{ node: next.name, type: NodeConnectionTypes.Main, index: 0 }]] };
	});
	return { id: 'workflow00000001', name: 'Chain', nodes, connections, settings: { executionOrder: 'v1' } };
}
