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
import { cryptoCapitalApiTest } from '../shared/credential-test';
import { nodeError } from '../shared/node-error';
import type { OperationContext } from './operation';
import { operationOf, OPERATIONS } from './operations';

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
		credentials: [{ name: 'cryptoCapitalApi', required: true, testedBy: 'cryptoCapitalApiTest' }],
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
						action: 'Get the registration of an account',
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
		credentialTest: { cryptoCapitalApiTest },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const outputItems: INodeExecutionData[] = [];
		// A credential may contain expressions, so each item can have a key of its own.
		const connections = new Connections();
		try {
			for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex += 1) {
				try {
					const credential = await this.getCredentials(CREDENTIAL_NAME, itemIndex);
					const connection = connections.of(clientSettings(credential));
					const context: OperationContext = {
						node: this,
						itemIndex,
						guardRails: guardRails(credential),
						publicKey: connection.publicKey,
						client: () => connection.client(),
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
			connections.close();
		}
		return [outputItems];
	}
}

interface Connection {
	readonly publicKey: string;
	client(): CryptoCapitalClient;
}

/** The connections of one execution. Checking and deriving keys is work, so it is done once for all items with the same settings. */
class Connections {
	readonly #connections = new Map<string, Connection>();

	readonly #clients: CryptoCapitalClient[] = [];

	/** @throws ValidationError where the settings cannot be right */
	of(settings: ClientSettings): Connection {
		const identity = JSON.stringify(settings);
		let connection = this.#connections.get(identity);
		if (!connection) {
			const { publicKey } = readSettings(settings).signingKey;
			let client: CryptoCapitalClient | undefined;
			connection = { publicKey, client: () => (client ??= this.#open(settings)) };
			this.#connections.set(identity, connection);
		}
		return connection;
	}

	close(): void {
		for (const client of this.#clients) client.close();
	}

	#open(settings: ClientSettings): CryptoCapitalClient {
		const client = new CryptoCapitalClient(settings);
		this.#clients.push(client);
		return client;
	}
}

/**
 * What a workflow sees of an error when the node is set to continue. n8n takes an item for an error, and adds the input's fields to it, where it has
 * no other keys than these.
 */
function errorFields({ message, description, context }: ReturnType<typeof nodeError>): IDataObject {
	const { itemIndex: _item, runIndex: _run, metadata: _metadata, ...facts } = context;
	return { error: message, details: { ...(description ? { description } : {}), ...facts } };
}
