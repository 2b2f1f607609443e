import type { IDataObject } from 'n8n-workflow';
import { tryToParseDateTime } from 'n8n-workflow';

import type { StatementRequest } from '../../../client';
import { ValidationError } from '../../../client';
import {
	accountNumberField,
	ackTimeoutOption,
	includeProofOption,
	quietPeriodOption,
	responseTimeoutOption,
} from '../../shared/fields';
import { proofOf, statementFields } from '../../shared/transfer-item';
import type { Operation, OperationContext } from '../operation';
import { optionsField, shownFor, textParameter } from '../operation';
import { operationSettings } from '../options';

export const getStatement: Operation = {
	properties: shownFor('statement', 'get', [
		accountNumberField,
		{
			displayName: 'Filter By',
			name: 'filterBy',
			type: 'options',
			options: [
				{ name: 'From Time', value: 'fromTime', description: 'All transfers since a moment' },
				{ name: 'Limit', value: 'limit', description: 'The most recent transfers' },
				{ name: 'Transaction ID', value: 'transactionId', description: 'A single transfer' },
			],
			default: 'limit',
			description: 'Which transfers to get',
		},
		{
			displayName: 'Limit',
			name: 'limit',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 50,
			description: 'Max number of results to return',
			displayOptions: { show: { filterBy: ['limit'] } },
		},
		{
			displayName: 'Transaction ID',
			name: 'transactionId',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 4795',
			description: 'The ID of the transfer, digits only',
			displayOptions: { show: { filterBy: ['transactionId'] } },
		},
		{
			displayName: 'From Time',
			name: 'fromTime',
			type: 'dateTime',
			required: true,
			default: '',
			description: 'The moment of the oldest transfer to return, in the time zone of the workflow',
			displayOptions: { show: { filterBy: ['fromTime'] } },
		},
		optionsField([ackTimeoutOption, includeProofOption, quietPeriodOption, responseTimeoutOption]),
	]),

	async execute(context) {
		const { signal } = context;
		const accountNumber = textParameter(context, 'accountNumber');
		const { includeProof, ...settings } = operationSettings(context);
		const messages = await context
			.client()
			.getStatement({ accountNumber, filter: filterOf(context) }, { ...settings, ...(signal && { signal }) });
		return messages.map(
			(message): IDataObject => ({
				...statementFields(message.params, accountNumber.trim()),
				...(includeProof && { proof: proofOf(message) }),
			}),
		);
	},
};

function filterOf(context: OperationContext): StatementRequest['filter'] {
	const { node, itemIndex } = context;
	const filterBy = textParameter(context, 'filterBy');
	switch (filterBy) {
		case 'limit': {
			const limit: unknown = node.getNodeParameter('limit', itemIndex);
			if (typeof limit === 'number' && Number.isSafeInteger(limit) && limit > 0) return { limit: String(limit) };
			throw new ValidationError('limit', 'The limit is not a whole number greater than zero', 'Enter 1 or more.');
		}
		case 'transactionId':
			return { transactionId: textParameter(context, 'transactionId').trim() };
		case 'fromTime':
			return { fromTime: unixSeconds(node.getNodeParameter('fromTime', itemIndex), node.getTimezone()) };
		default:
			throw new ValidationError(
				'filterBy',
				'The statement’s filter is unknown',
				'Filter by "limit", "transactionId" or "fromTime".',
			);
	}
}

/** A date as n8n hands it over (text, Date or Luxon), in whole seconds. A text without an offset means the workflow's time zone. */
function unixSeconds(value: unknown, timezone: string): string {
	try {
		const seconds = Math.floor(tryToParseDateTime(value, timezone).toSeconds());
		if (Number.isSafeInteger(seconds) && seconds >= 0) return String(seconds);
	} catch {
		// Reported below, in this package's own words.
	}
	throw new ValidationError('fromTime', 'The from time is no date and time', 'Enter a date such as 2024-05-31T12:00:00Z.');
}
