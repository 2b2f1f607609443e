import { accountNumberField, ackTimeoutOption, includeProofOption, responseTimeoutOption } from '../../shared/fields';
import { proofOf } from '../../shared/transfer-item';
import type { Operation } from '../operation';
import { optionsField, shownFor, textParameter } from '../operation';
import { operationSettings } from '../options';

export const getAccount: Operation = {
	properties: shownFor('account', 'get', [
		accountNumberField,
		optionsField([ackTimeoutOption, responseTimeoutOption, includeProofOption]),
	]),

	async execute(context) {
		const { signal } = context;
		const accountNumber = textParameter(context, 'accountNumber');
		const { includeProof, ...settings } = operationSettings(context);
		const message = await context.client().getAccount(accountNumber, { ...settings, ...(signal && { signal }) });
		return [{ ...message.params, ...(includeProof && { proof: proofOf(message) }) }];
	},
};
