import type { IDataObject } from 'n8n-workflow';

import type { TransferRequest, TransferResult } from '../../../client';
import { readTransferRequest } from '../../../client';
import {
	accountNumberField,
	ackTimeoutOption,
	includeProofOption,
	quietPeriodOption,
	responseTimeoutOption,
} from '../../shared/fields';
import { enforceGuardRails } from '../../shared/guard-rails';
import { proofOf, statementFields } from '../../shared/transfer-item';
import type { Operation } from '../operation';
import { optionsField, shownFor, textParameter } from '../operation';
import { operationSettings } from '../options';
import { oncePerRun } from './once-per-run';
import { recordedAttempts } from './recorded-attempts';

export const sendTransfer: Operation = {
	properties: shownFor('transfer', 'send', [
		{ ...accountNumberField, description: 'The account to send from, ten digits' },
		{
			displayName: 'Beneficiary',
			name: 'beneficiary',
			type: 'string',
			required: true,
			default: '',
			placeholder: 'e.g. 9120000002',
			description: 'The account to send to, ten digits',
		},
		{
			displayName: 'Currency',
			name: 'currency',
			type: 'string',
			required: true,
			default: 'USD',
			placeholder: 'e.g. USD',
			description: 'Three capital letters. The API moves money between accounts of the same currency.',
		},
		{
			displayName: 'Amount',
			name: 'amount',
			type: 'number',
			typeOptions: { minValue: 0.01, numberPrecision: 2 },
			required: true,
			default: 0,
			description: 'How much to send, with at most two decimals. It is never rounded for you.',
		},
		{
			displayName: 'Narrative',
			name: 'narrative',
			type: 'string',
			default: '',
			placeholder: 'e.g. Invoice 2024-0042',
			description: 'What the transfer is for, as the beneficiary will see it. May be left empty with a reference.',
		},
		{
			displayName: 'Reference',
			name: 'reference',
			type: 'string',
			default: '',
			placeholder: 'e.g. INV-2024-0042',
			description: 'A business key, unique for each payment: 1 to 64 visible characters. It is added to the narrative.',
			hint: 'With a reference, retrying is safe: the same payment never leaves twice',
		},
		{
			displayName: 'Wait for Confirmation',
			name: 'waitForConfirmation',
			type: 'boolean',
			default: false,
			description:
				'Whether to wait for the signed record of the transfer. Otherwise the server’s acknowledgement is enough, which says only that the request was well formed.',
		},
		optionsField([
			ackTimeoutOption,
			{
				displayName: 'Confirmation Timeout',
				name: 'confirmationTimeout',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 60,
				description:
					'Seconds to wait for the signed record; without it the status stays accepted. With a reference, also to find out an unknown outcome.',
			},
			includeProofOption,
			quietPeriodOption,
			{
				displayName: 'Reference Lookback (Days)',
				name: 'referenceLookbackDays',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 7,
				description: 'How far back the account’s statement is searched for the reference before sending',
			},
			{
				displayName: 'Resend After (Minutes)',
				name: 'resendAfterMinutes',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'When an earlier attempt with this reference was made so many minutes ago and the statement does not show it, send again. 0 means never: the status stays pending.',
			},
			responseTimeoutOption,
		]),
	]),

	async execute(context) {
		const { node, itemIndex, signal } = context;
		const text = (name: string) => textParameter(context, name);
		const reference = text('reference').trim();
		const request: TransferRequest = {
			accountNumber: text('accountNumber'),
			beneficiary: text('beneficiary'),
			currency: text('currency'),
			amount: node.getNodeParameter('amount', itemIndex) as number | string,
			narrative: text('narrative'),
			...(reference !== '' && { reference }),
		};
		const { includeProof, ...settings } = operationSettings(context);
		const transfer = readTransferRequest(request);
		enforceGuardRails(transfer, context.guardRails);
		const attempts = reference === '' ? undefined : recordedAttempts(node, context.publicKey);
		const result = await oncePerRun(
			context,
			transfer,
			async () =>
				await context.client().sendTransfer(request, {
					...settings,
					waitForConfirmation: node.getNodeParameter('waitForConfirmation', itemIndex, false) === true,
					...(signal && { signal }),
					...(attempts && { attempts }),
				}),
		);
		return [resultFields(result, includeProof)];
	},
};

function resultFields({ status, alreadySent, nonce, transfer, record }: TransferResult, includeProof: boolean): IDataObject {
	return {
		status,
		...(nonce !== undefined && { nonce }),
		accountNumber: transfer.accountNumber,
		beneficiary: transfer.beneficiary,
		currency: transfer.currency,
		amount: transfer.amount,
		narrative: transfer.narrative,
		...(transfer.reference !== undefined && { reference: transfer.reference }),
		...(alreadySent && { alreadySent }),
		...(record && { transfer: statementFields(record.params, transfer.accountNumber) }),
		...(record && includeProof && { proof: proofOf(record) }),
	};
}
