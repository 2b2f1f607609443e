import fc from 'fast-check';

import type { FaultName } from '../../../sandbox';
import { FAULT_NAMES, FAULTS } from '../../../sandbox';
import type { FaultParameters } from '../../../sandbox/faults/parameters';

export interface RandomFault {
	readonly name: FaultName;
	readonly settings: Readonly<Record<string, string | number | boolean>>;
}

type Settings = RandomFault['settings'];

/** What a schedule has time for: it lasts a second or two. */
const NUMBERS: Readonly<Record<string, [minimum: number, maximum: number]>> = {
	times: [1, 5],
	seed: [1, 1_000],
	milliseconds: [1, 300],
	copies: [1, 3],
	count: [1, 4],
};

const MEGABYTES = 0.05;

/** Any fault of the sandbox, with any of its settings. It ends by itself after a few times. */
export const randomFault: fc.Arbitrary<RandomFault> = fc
	.constantFrom(...FAULT_NAMES)
	.chain((name) => settingsOf(FAULTS[name].parameters).map((settings) => ({ name, settings })));

/** One that befalls transfers as they reach the bank. */
export const randomTransferFault: fc.Arbitrary<RandomFault> = fc
	.record({ name: fc.constantFrom(...FAULT_NAMES.filter((name) => FAULTS[name].stage === 'operation')), times: fc.integer({ min: 1, max: 3 }) })
	.map(({ name, times }) => ({ name, settings: { times, operation: 'transfer' } }));

function settingsOf(parameters: FaultParameters): fc.Arbitrary<Settings> {
	const arbitraries = Object.entries(parameters).flatMap(([name, parameter]): Array<[string, fc.Arbitrary<string | number | boolean>]> => {
		switch (parameter.kind) {
			case 'choice':
				return [[name, fc.constantFrom(...parameter.choices)]];
			case 'switch':
				return [[name, fc.boolean()]];
			case 'number': {
				if (name === 'megabytes') return [[name, fc.constant(MEGABYTES)]];
				if (name === 'probability') return [[name, fc.constantFrom(1, 1, 1, 0.5)]];
				const [min, max] = NUMBERS[name] ?? [parameter.minimum, parameter.minimum];
				return [[name, fc.integer({ min: Math.max(min, parameter.minimum), max })]];
			}
			default:
				return [];
		}
	});
	const always = Object.keys(parameters).filter((name) => Object.hasOwn(NUMBERS, name) || name === 'megabytes');
	// What is left out is for all operations, or all messages.
	return fc.record(Object.fromEntries(arbitraries), { requiredKeys: always });
}
