import type { IExecuteFunctions } from 'n8n-workflow';

import { ValidationError } from '../../client';
import { getAccount } from './account/get';
import { getRegistration } from './account/get-registration';
import type { Operation } from './operation';
import { textParameter } from './operation';
import { getStatement } from './statement/get';
import { sendTransfer } from './transfer/send';

/** Every operation of the node, by resource and operation. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
	'account.get': getAccount,
	'account.getRegistration': getRegistration,
	'statement.get': getStatement,
	'transfer.send': sendTransfer,
};

/** @throws ValidationError for a resource or an operation that there is not */
export function operationOf(node: IExecuteFunctions, itemIndex: number): Operation {
	const resource = textParameter({ node, itemIndex }, 'resource');
	const operation = textParameter({ node, itemIndex }, 'operation');
	const found = OPERATIONS[`${resource}.${operation}`];
	if (!found) {
		throw new ValidationError(
			'operation',
			'The resource has no such operation',
			`Choose one of ${Object.keys(OPERATIONS).join(', ')}.`,
		);
	}
	return found;
}
