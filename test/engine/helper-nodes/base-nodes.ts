import { jsonParse } from 'n8n-workflow';
import type { GenericValue, IDataObject, INodeType } from 'n8n-workflow';
import { describeNode } from './description';

interface Assignment {
	name: string;
	value: GenericValue;
	type?: string;
}

/** Stand-ins for the nodes that come with n8n, as far as this project's workflows use them. */
export const baseNodes: Readonly<Record<string, INodeType>> = {
	'n8n-nodes-base.manualTrigger': createManualTrigger(),
	'n8n-nodes-base.noOp': createNoOperation(),
	'n8n-nodes-base.set': createSet(),
	'n8n-nodes-base.stickyNote': { description: describeNode('Sticky Note', { inputs: [], outputs: [] }) },
};

function createManualTrigger(): INodeType {
	return {
		description: describeNode('Manual Trigger', { group: ['trigger'], inputs: [] }),
		async trigger() {
			return { manualTriggerFunction: async () => this.emit([[{ json: {} }]]) };
		},
	};
}

function createNoOperation(): INodeType {
	return {
		description: describeNode('No Op'),
		async execute() {
			return [this.getInputData()];
		},
	};
}

function createSet(): INodeType {
	return {
		description: describeNode('Set', {
			version: [3, 3.1, 3.2, 3.3, 3.4],
			properties: [
				{ displayName: 'Mode', name: 'mode', type: 'string', default: 'manual' },
				{ displayName: 'Fields', name: 'assignments', type: 'assignmentCollection', default: {} },
				{ displayName: 'Include Other Fields', name: 'includeOtherFields', type: 'boolean', default: false },
				{ displayName: 'Options', name: 'options', type: 'collection', default: {}, options: [] },
			],
		}),
		async execute() {
			const items = this.getInputData().map((item, index) => {
				const assignments = this.getNodeParameter('assignments.assignments', index, []) as unknown as Assignment[];
				const json: IDataObject = this.getNodeParameter('includeOtherFields', index) ? { ...item.json } : {};
				for (const { name, value, type } of assignments) json[name] = convert(value, type);
				return { json, pairedItem: { item: index } };
			});
			return [items];
		},
	};
}

function convert(value: GenericValue, type: string | undefined): GenericValue {
	if (value === null || value === undefined) return null;
	if (type === 'number') return Number(value);
	if (type === 'boolean') return value === true || value === 'true';
	if (type === 'string') return typeof value === 'object' ? JSON.stringify(value) : `${value}`;
	return typeof value === 'string' ? jsonParse<IDataObject>(value) : value;
}
