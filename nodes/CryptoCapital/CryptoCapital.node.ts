import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeType,
	INodeTypeDescription,
} from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import type { ClientSettings } from '../../client';
import { CryptoCapitalClient, readSettings } from '../../client';
import { clientSettings, CREDENTIAL_NAME, guardRails } from '../shared/credential';
import { CREDENTIAL_TEST_NAME, cryptoCapitalApiTest } from '../shared/credential-test';
import { nodeError } from '../shared/node-error';
import { getAccount } from './account/get';
import { getRegistration } from './account/get-registration';
import type { Operation, OperationContext } from './operation';
import { getStatement } from './statement/get';
import { sendTransfer } from './transfer/send';

const OPERATIONS: Readonly<Record<string, Operation>> = {
	'account.get': getAccount,
	'account.getRegistration': getRegistration,
	'statement.get': getStatement,
	'transfer.send': sendTransfer,
};

export class CryptoCapital implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Crypto Capital',
		name: 'cryptoCapital',
		icon: { light: 'file:cryptoCapital.svg', dark: 'file:cryptoCapital.dark.svg' },
		group: ['output'],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + $parameter["resource"] }}',
		description: 'Send signed transfers, read statements and balances at Crypto Capital',
		defaults: { name: 'Crypto Capital' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL_NAME, required: true, testedBy: CREDENTIAL_TEST_NAME }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{ name: 'Account', value: 'account' },
					{ name: 'Statement', value: 'statement' },
					{ name: 'Transfer', value: 'transfer' },
				],
				default: 'transfer',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['account'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						action: 'Get an account',
						description: 'Get the balance of an account',
					},
					{
						name: 'Get Registration',
						value: 'getRegistration',
						action: 'Get how to register an account',
						description: 'Get what to send where, so that an account is registered for the key',
					},
				],
				default: 'get',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['statement'] } },
				options: [
					{
						name: 'Get',
						value: 'get',
						action: 'Get a statement',
						description: 'Get the transfers of an account, newest last',
					},
				],
				default: 'get',
			},
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: ['transfer'] } },
				options: [
					{
						name: 'Send',
						value: 'send',
						action: 'Send a transfer',
						description: 'Send money to another account',
					},
				],
				default: 'send',
			},
			...Object.values(OPERATIONS).flatMap((operation) => operation.properties),
		],
	};

	methods = {
		credentialTest: { [CREDENTIAL_TEST_NAME]: cryptoCapitalApiTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const outputItems: INodeExecutionData[] = [];
		// A credential may contain expressions, so each item can have a key of its own.
		const clients = new Map<string, CryptoCapitalClient>();
		try {
			for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex += 1) {
				try {
					const credential = await this.getCredentials(CREDENTIAL_NAME, itemIndex);
					const settings = clientSettings(credential);
					const context: OperationContext = {
						node: this,
						itemIndex,
						guardRails: guardRails(credential),
						publicKey: readSettings(settings).signingKey.publicKey,
						client: () => clientFor(clients, settings),
						signal: this.getExecutionCancelSignal(),
					};
					for (const json of await operationOf(this, itemIndex).execute(context)) {
						outputItems.push({ json, pairedItem: { item: itemIndex } });
					}
				} catch (error) {
					const failed = nodeError(this.getNode(), error, itemIndex);
					if (!this.continueOnFail()) throw failed;
					outputItems.push({ json: errorFields(failed), pairedItem: { item: itemIndex } });
				}
			}
		} finally {
			for (const client of clients.values()) client.close();
		}
		return [outputItems];
	}
}

function clientFor(clients: Map<string, CryptoCapitalClient>, settings: ClientSettings): CryptoCapitalClient {
	const identity = JSON.stringify(settings);
	let client = clients.get(identity);
	if (!client) {
		client = new CryptoCapitalClient(settings);
		clients.set(identity, client);
	}
	return client;
}

function operationOf(node: IExecuteFunctions, itemIndex: number): Operation {
	const resource = node.getNodeParameter('resource', itemIndex) as string;
	const operation = node.getNodeParameter('operation', itemIndex) as string;
	const found = OPERATIONS[`${resource}.${operation}`];
	if (!found) throw new Error('The resource has no such operation');
	return found;
}

/**
 * What a workflow sees of an error when the node is set to continue. n8n takes an item for an error, and adds the input's fields to it, where it has
 * no other keys than these.
 */
function errorFields({ message, description, context }: ReturnType<typeof nodeError>): IDataObject {
	const { itemIndex: _item, runIndex: _run, metadata: _metadata, ...facts } = context as IDataObject;
	return { error: message, details: { ...(description ? { description } : {}), ...facts } };
}
