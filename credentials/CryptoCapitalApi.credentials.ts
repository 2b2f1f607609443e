import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class CryptoCapitalApi implements ICredentialType {
	name = 'cryptoCapitalApi';

	displayName = 'Crypto Capital API';

	icon: Icon = { light: 'file:cryptoCapital.svg', dark: 'file:cryptoCapital.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-cryptocapital/n8n-nodes-cryptocapital#the-credential';

	/** No other node may use the key: the HTTP Request node, for one, would not keep to the guard rails below. */
	restrictToSupportedNodes = true as const;

	properties: INodeProperties[] = [
		{
			displayName: 'Server URL',
			name: 'serverUrl',
			type: 'string',
			default: 'https://api.cryptocapital.co',
			placeholder: 'e.g. https://api.cryptocapital.co',
			description:
				'Where the API is: http(s) or ws(s). Without encryption only for a server on this machine, such as the sandbox.',
		},
		{
			displayName: 'Transport',
			name: 'transport',
			type: 'options',
			options: [
				{
					name: 'Socket.IO',
					value: 'socketIo',
					description: 'Servers of Socket.IO 1 to 4, found out by itself',
				},
				{
					name: 'WebSocket',
					value: 'webSocket',
					description: 'Native WebSocket; a server URL without a path gets /ws',
				},
			],
			default: 'socketIo',
			description: 'Which of the two doors of the API to use',
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true },
			required: true,
			default: '',
			description:
				'Base64 of 32 bytes, or 64 hex digits (secp256k1). Whoever has it can send your money: n8n stores it encrypted, and it never appears in an error or an output.',
		},
		{
			displayName: 'Public Key',
			name: 'publicKey',
			type: 'string',
			default: '',
			placeholder: 'e.g. BHk2QzVd8mXr0uLw…',
			description:
				'Base64 of 65 bytes. Derived from the private key where left empty, and must belong to it where given.',
		},
		{
			displayName: 'Server Public Key',
			name: 'serverPublicKey',
			type: 'string',
			default: 'BLmiS8rOACxx3WQfZp/xXyeqjtyrJE6VhMN4gVtpu/RQioE38MXYWxlRF4ONIYI2l9npoSXK1gVcyoB2+VRima0=',
			description:
				'Whose signature is trusted. The default is the documented key of the service; a sandbox shows its own.',
		},
		{
			displayName: 'Allow Transfers',
			name: 'allowTransfers',
			type: 'boolean',
			default: true,
			description:
				'Whether money may be sent with this credential. Off, it can only read. Whoever edits a workflow, or an AI agent that uses the node, cannot pass this.',
		},
		{
			displayName: 'Maximum Amount',
			name: 'maximumAmount',
			type: 'number',
			typeOptions: { minValue: 0, numberPrecision: 2 },
			default: 0,
			description: 'The most that one transfer may move, in its own currency. 0 means no limit.',
		},
		{
			displayName: 'Allowed Beneficiaries',
			name: 'allowedBeneficiaries',
			type: 'string',
			default: '',
			placeholder: 'e.g. 9120000002, 9120000003',
			description: 'Account numbers that may be sent to, separated by commas. Empty means anyone.',
		},
	];
}
