import { deepCopy, NodeConnectionTypes, NodeHelpers } from 'n8n-workflow';
import type { IDataObject, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';

export type NodeTypeSource = INodeType | IVersionedNodeType | (new () => INodeType | IVersionedNodeType);

const TOOL_SUFFIX = 'Tool';

/** The node types of an engine, under the names that workflows use. */
export class EngineNodeTypes implements INodeTypes {
	private readonly types = new Map<string, INodeType | IVersionedNodeType>();

	constructor(sources: Readonly<Record<string, NodeTypeSource>>) {
		for (const [name, source] of Object.entries(sources)) {
			this.types.set(name, typeof source === 'function' ? new source() : source);
		}
	}

	getByName(name: string): INodeType | IVersionedNodeType {
		const type = this.types.get(name);
		if (type !== undefined) return type;
		const tool = this.createTool(name);
		this.types.set(name, tool);
		return tool;
	}

	getByNameAndVersion(name: string, version?: number): INodeType {
		return NodeHelpers.getVersionedNodeType(this.getByName(name), version);
	}

	getKnownTypes(): IDataObject {
		return Object.fromEntries([...this.types.keys()].map((name) => [name, {}]));
	}

	/** The nodes that list this credential type, and their tool variants. */
	supportedNodes(credentialType: string): string[] {
		return [...this.types].flatMap(([name, type]) => {
			const uses = currentVersion(type).description.credentials?.some(({ name: used }) => used === credentialType);
			return uses ? [name, name + TOOL_SUFFIX] : [];
		});
	}

	/** n8n makes a tool of every node that says `usableAsTool`: the same node, with a tool's connections and description. */
	private createTool(name: string): INodeType {
		const base = name.endsWith(TOOL_SUFFIX) ? this.types.get(name.slice(0, -TOOL_SUFFIX.length)) : undefined;
		if (base === undefined) throw new Error(`Unrecognized node type: ${name}`);
		const type = currentVersion(base);
		if (!type.description.usableAsTool) throw new Error(`Node cannot be used as a tool: ${name}`);
		const description = deepCopy(type.description);
		description.name += TOOL_SUFFIX;
		description.displayName += ' Tool';
		description.inputs = [];
		description.outputs = [NodeConnectionTypes.AiTool];
		delete description.usableAsTool;
		description.properties.unshift(
			{
				displayName: 'Tool Description',
				name: 'descriptionType',
				type: 'options',
				options: [
					{ name: 'Set Automatically', value: 'auto' },
					{ name: 'Set Manually', value: 'manual' },
				],
				default: 'auto',
			},
			{
				displayName: 'Description',
				name: 'toolDescription',
				type: 'string',
				default: description.description,
				displayOptions: { show: { descriptionType: ['manual'] } },
			},
		);
		return Object.create(type, { description: { value: description } }) as INodeType;
	}
}

function currentVersion(type: INodeType | IVersionedNodeType): INodeType {
	return 'nodeVersions' in type ? type.getNodeType() : type;
}
