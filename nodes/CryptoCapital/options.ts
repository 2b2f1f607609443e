import type { IDataObject } from 'n8n-workflow';

import { DEFAULT_OPTIONS, ValidationError } from '../../client';
import type { OperationContext } from './operation';

/** The node's `options` as the client takes them: times in milliseconds. */
export interface OperationSettings {
	ackTimeout: number;
	responseTimeout: number;
	quietPeriod: number;
	confirmationTimeout: number;
	referenceLookbackDays: number;
	resendAfter: number;
	includeProof: boolean;
}

const MILLISECONDS_PER_SECOND = 1_000;
const MILLISECONDS_PER_MINUTE = 60_000;

/** @throws ValidationError for an option that is no positive number */
export function operationSettings({ node, itemIndex }: OperationContext): OperationSettings {
	const options: IDataObject = node.getNodeParameter('options', itemIndex, {});
	const seconds = (name: 'ackTimeout' | 'responseTimeout' | 'quietPeriod' | 'confirmationTimeout') =>
		options[name] === undefined
			? DEFAULT_OPTIONS[name]
			: numberOption(name, options[name], 'seconds') * MILLISECONDS_PER_SECOND;
	return {
		ackTimeout: seconds('ackTimeout'),
		responseTimeout: seconds('responseTimeout'),
		quietPeriod: seconds('quietPeriod'),
		confirmationTimeout: seconds('confirmationTimeout'),
		referenceLookbackDays:
			options.referenceLookbackDays === undefined
				? DEFAULT_OPTIONS.referenceLookbackDays
				: numberOption('referenceLookbackDays', options.referenceLookbackDays, 'days'),
		resendAfter: options.resendAfterMinutes
			? numberOption('resendAfterMinutes', options.resendAfterMinutes, 'minutes') * MILLISECONDS_PER_MINUTE
			: 0,
		includeProof: options.includeProof === true,
	};
}

function numberOption(name: string, value: unknown, unit: string): number {
	if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
	throw new ValidationError(name, `The option ${name} is not a number greater than zero`, `Enter a number of ${unit}.`);
}
