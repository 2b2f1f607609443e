import type { IDataObject, ITriggerFunctions } from 'n8n-workflow';
import { tryToParseDateTime } from 'n8n-workflow';

import { readTransferAmount, validAccountNumber, validCurrency, ValidationError } from '../../client';

export const EVENT_NAMES = ['incomingTransfer', 'outgoingTransfer', 'failedTransfer'] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** The trigger's parameters, read once and checked. */
export interface TriggerSettings {
	readonly events: readonly EventName[];
	readonly accountNumbers: readonly string[];
	readonly catchUp: boolean;
	/** Unix seconds. */
	readonly historySince: number | undefined;
	/** Empty is any. */
	readonly currencies: readonly string[];
	/** 0n is any. */
	readonly minimumMinorUnits: bigint;
	readonly batch: boolean;
	readonly includeProof: boolean;
	/** Milliseconds after which the next event no longer waits for an execution. 0 is for ever. */
	readonly executionTimeout: number;
}

const DEFAULT_EXECUTION_TIMEOUT_SECONDS = 600;

/** @throws ValidationError for a configuration that can never work */
export function readTriggerSettings(node: ITriggerFunctions): TriggerSettings {
	const options = node.getNodeParameter('options', {}) as IDataObject;
	const events = list(node.getNodeParameter('events', ['incomingTransfer'])).filter(isEventName);
	if (events.length === 0) {
		throw new ValidationError('events', 'No event is chosen', 'Choose at least one event that starts the workflow.');
	}
	const accountNumbers = [
		...new Set(
			list(node.getNodeParameter('accountNumbers', []))
				.flatMap((text) => text.split(/[\s,;]+/u))
				.filter((text) => text !== '')
				.map((text) => validAccountNumber('accountNumbers', text)),
		),
	];
	if (accountNumbers.length === 0) {
		throw new ValidationError(
			'accountNumbers',
			'No account number is given',
			'Enter at least one account of yours: the account numbers tell what is incoming and what is outgoing.',
		);
	}
	return {
		events,
		accountNumbers,
		catchUp: options.catchUp !== false,
		historySince: options.emitHistorySince ? unixSeconds(options.emitHistorySince, node.getTimezone()) : undefined,
		currencies: list(options.currencies ?? '')
			.flatMap((text) => text.split(/[\s,;]+/u))
			.filter((text) => text !== '')
			.map(validCurrency),
		minimumMinorUnits: minimumOf(options.minimumAmount),
		batch: options.batch === true,
		includeProof: options.includeProof === true,
		executionTimeout: Number(options.executionTimeout ?? DEFAULT_EXECUTION_TIMEOUT_SECONDS) * 1_000,
	};
}

function isEventName(name: string): name is EventName {
	return (EVENT_NAMES as readonly string[]).includes(name);
}

/** A parameter with several values comes as a list, or as one value where there is only one. */
function list(value: unknown): string[] {
	return (Array.isArray(value) ? value : [value]).map(String);
}

function minimumOf(value: unknown): bigint {
	if (value === undefined || value === '' || Number(value) === 0) return 0n;
	const amount = readTransferAmount(value);
	if (amount.ok) return amount.value.minorUnits;
	throw new ValidationError('minimumAmount', 'The minimum amount is no amount', 'Enter an amount such as 100 or 0.50.');
}

function unixSeconds(value: unknown, timezone: string): number {
	try {
		const seconds = Math.floor(tryToParseDateTime(value, timezone).toSeconds());
		if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
	} catch {
		// Reported below, in this package's own words.
	}
	throw new ValidationError(
		'emitHistorySince',
		'The start of the history is no date and time',
		'Enter a date such as 2024-05-31T12:00:00Z.',
	);
}
