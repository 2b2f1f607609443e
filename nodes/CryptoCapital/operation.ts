import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { CryptoCapitalClient } from '../../client';
import type { GuardRails } from '../shared/credential';

/** What an operation needs to run for one item. */
export interface OperationContext {
	readonly node: IExecuteFunctions;
	readonly itemIndex: number;
	readonly guardRails: GuardRails;
	/** Base64 public key of the credential. */
	readonly publicKey: string;
	/** Opens the connection when it is first asked for: an offline operation never does. */
	client(): CryptoCapitalClient;
	/** Aborted when n8n cancels the execution. */
	readonly signal: AbortSignal | undefined;
}

/** One operation of the node: its parameters, and what it does. */
export interface Operation {
	/** Shown for this resource and operation only; see {@link shownFor}. */
	readonly properties: INodeProperties[];
	/** Resolves with the JSON of the item's output items. */
	execute(context: OperationContext): Promise<IDataObject[]>;
}

/** A parameter that is a text. Account numbers that an expression made a number of are taken as their digits. */
export function textParameter({ node, itemIndex }: Pick<OperationContext, 'node' | 'itemIndex'>, name: string): string {
	const value: unknown = node.getNodeParameter(name, itemIndex, '');
	if (typeof value === 'number') return String(value);
	return typeof value === 'string' ? value : '';
}

/** The properties as they belong to one resource and operation. */
export function shownFor(resource: string, operation: string, properties: INodeProperties[]): INodeProperties[] {
	return properties.map((property) => ({
		...property,
		displayOptions: {
			...property.displayOptions,
			show: { ...property.displayOptions?.show, resource: [resource], operation: [operation] },
		},
	}));
}

/** The `options` collection of an operation. */
export function optionsField(options: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...options].sort((a, b) => a.displayName.localeCompare(b.displayName)),
	};
}
