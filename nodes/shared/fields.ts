import type { INodeProperties } from 'n8n-workflow';

/** Fields that several operations have, with one wording. */
export const accountNumberField: INodeProperties = {
	displayName: 'Account Number',
	name: 'accountNumber',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. 9120000001',
	description: 'The account, ten digits. It must be registered for the key of the credential.',
};

export const ackTimeoutOption: INodeProperties = {
	displayName: 'Acknowledgement Timeout',
	name: 'ackTimeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 15,
	description: 'Seconds to wait for the connection, and for the server to acknowledge the operation',
};

export const responseTimeoutOption: INodeProperties = {
	displayName: 'Response Timeout',
	name: 'responseTimeout',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 30,
	description: 'Seconds to wait for the signed answer after the acknowledgement',
};

export const quietPeriodOption: INodeProperties = {
	displayName: 'Quiet Period',
	name: 'quietPeriod',
	type: 'number',
	typeOptions: { minValue: 0.1 },
	default: 2,
	description: 'Seconds of silence after which a statement counts as complete: the API sends no end marker',
};

export const includeProofOption: INodeProperties = {
	displayName: 'Include Proof',
	name: 'includeProof',
	type: 'boolean',
	default: false,
	description: 'Whether to add the signed message as received, so that others can verify it again',
};
