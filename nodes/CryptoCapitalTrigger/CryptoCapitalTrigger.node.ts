import type { INodeType, INodeTypeDescription, ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { NodeConnectionTypes } from 'n8n-workflow';

import { cryptoCapitalApiTest } from '../shared/credential-test';
import { includeProofOption } from '../shared/fields';
import { triggerError } from '../shared/node-error';
import { LiveTrigger } from './live-trigger';
import { manualTrigger } from './manual-trigger';
import { readTriggerSettings } from './settings';

export class CryptoCapitalTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Crypto Capital Trigger',
		name: 'cryptoCapitalTrigger',
		icon: { light: 'file:cryptoCapital.svg', dark: 'file:cryptoCapital.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].join(", ") }}',
		// n8n lists both nodes as one entry, and shows these words for it.
		description: 'Starts the workflow when money moves. Its actions send transfers and read statements.',
		eventTriggerDescription: 'Waiting for a transfer',
		activationMessage:
			'Every verified transfer from now on starts this workflow once, also after an interruption.',
		triggerPanel: {
			header: '',
			executionsHelp: {
				inactive:
					'While you are building, click "Execute step". It shows the next transfer, or after a few seconds the latest one. Publish the workflow to start it for every transfer.',
				active:
					'While you are building, click "Execute step". The published workflow runs by itself for every transfer: see its executions.',
			},
			activationHint: {
				inactive: 'Publish the workflow, and every verified transfer from then on starts it once.',
				active: 'The workflow is published: every verified transfer starts it once. Those executions do not show up here.',
			},
		},
		defaults: { name: 'Crypto Capital Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'cryptoCapitalApi', required: true, testedBy: 'cryptoCapitalApiTest' }],
		properties: [
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				options: [
					{
						name: 'Failed Transfer',
						value: 'failedTransfer',
						action: 'On a failed transfer',
						description: 'A transfer of ours was accepted and then could not be done',
					},
					{
						name: 'Incoming Transfer',
						value: 'incomingTransfer',
						action: 'On an incoming transfer',
						description: 'Money arrived at one of our accounts',
					},
					{
						name: 'Outgoing Transfer',
						value: 'outgoingTransfer',
						action: 'On an outgoing transfer',
						description: 'Money left one of our accounts',
					},
				],
				default: ['incomingTransfer'],
				description: 'What starts the workflow',
			},
			{
				displayName: 'Account Numbers',
				name: 'accountNumbers',
				type: 'string',
				typeOptions: { multipleValues: true, multipleValueButtonText: 'Add Account Number' },
				required: true,
				default: [],
				placeholder: 'e.g. 9120000001',
				description:
					'Your accounts, ten digits each. They tell what is incoming and what is outgoing, and are asked for what was missed.',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Batch',
						name: 'batch',
						type: 'boolean',
						default: false,
						description: 'Whether to put what arrives together into one execution with several items',
					},
					{
						displayName: 'Catch Up',
						name: 'catchUp',
						type: 'boolean',
						default: true,
						description:
							'Whether to start the workflow also for what happened while the connection was interrupted or n8n was down',
					},
					{
						displayName: 'Currencies',
						name: 'currencies',
						type: 'string',
						default: '',
						placeholder: 'e.g. USD, EUR',
						description: 'Only transfers in these currencies, separated by commas. Empty means any.',
					},
					{
						displayName: 'Emit History Since',
						name: 'emitHistorySince',
						type: 'dateTime',
						default: '',
						description:
							'On the first activation, begin at this moment in the past instead of now. Without effect later.',
					},
					{
						displayName: 'Execution Timeout',
						name: 'executionTimeout',
						type: 'number',
						typeOptions: { minValue: 0 },
						default: 600,
						description:
							'Executions start one at a time. Seconds after which the next one no longer waits for one that hangs. 0 means for ever.',
					},
					includeProofOption,
					{
						displayName: 'Minimum Amount',
						name: 'minimumAmount',
						type: 'number',
						typeOptions: { minValue: 0, numberPrecision: 2 },
						default: 0,
						description: 'Only transfers of at least this amount',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: { cryptoCapitalApiTest },
	};

	/**
	 * Returns at once and never fails for the network: the connection is made, and made again, in the background. Only a configuration that can
	 * never work throws, because n8n retries a few times and then leaves a trigger dead while showing it as active.
	 */
	async trigger(this: ITriggerFunctions): Promise<ITriggerResponse> {
		try {
			const settings = readTriggerSettings(this);
			if (this.getMode() === 'manual') return await manualTrigger(this, settings);
			const live = new LiveTrigger(this, settings);
			await live.start();
			return { closeFunction: async () => live.close() };
		} catch (error) {
			throw triggerError(this.getNode(), error);
		}
	}
}
