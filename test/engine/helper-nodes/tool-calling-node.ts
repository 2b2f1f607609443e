import { NodeConnectionTypes } from 'n8n-workflow';
import type { IDataObject, INodeType } from 'n8n-workflow';
import { describeNode } from './description';

interface Tool {
	name: string;
	invoke(parameters: IDataObject): Promise<unknown>;
}

/** In the place of an AI agent: calls every connected tool once for each item, with the item's fields as parameters. */
export function createToolCallingNode(): INodeType {
	return {
		description: describeNode('Tool Calling', {
			inputs: [NodeConnectionTypes.Main, { type: NodeConnectionTypes.AiTool, displayName: 'Tools' }],
		}),
		async execute() {
			const results = [];
			for (const [item, { json }] of this.getInputData().entries()) {
				const tools = (await this.getInputConnectionData(NodeConnectionTypes.AiTool, item)) as Tool[];
				for (const tool of tools) {
					const response = (await tool.invoke(json)) as string;
					results.push({ json: { tool: tool.name, response }, pairedItem: { item } });
				}
			}
			return [results];
		},
	};
}
