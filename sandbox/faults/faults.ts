import { EventEmitter } from 'node:events';

import type { OperationName } from '../../client/protocol';
import type { FaultName, FaultStage } from './definitions';
import { FAULT_NAMES, FAULTS } from './definitions';
import type { ResolvedSettings, SettingsOf } from './parameters';
import { resolveSettings } from './parameters';
import { seededRandom } from './random';

type Definitions = typeof FAULTS;
export type FaultSettings<Name extends FaultName> = SettingsOf<Definitions[Name]['parameters']>;
export type ResolvedFault<Name extends FaultName> = ResolvedSettings<Definitions[Name]['parameters']>;

/** What a fault is asked about: a new connection (nothing of these), an operation, or a message that is about to be sent. */
export interface FaultContext {
	readonly operation?: OperationName | undefined;
	readonly message?: string | undefined;
	/** The public key whose operation or message it is. */
	readonly key?: string | undefined;
}

/** A fault that was switched on, with its own settings and its own count. */
export interface ActiveFault<Name extends FaultName = FaultName> {
	readonly id: string;
	readonly name: Name;
	readonly settings: ResolvedFault<Name>;
	/** How often it happened. */
	readonly applied: number;
	/** It has happened as often as it should and will not again. */
	readonly spent: boolean;
}

/** Any active fault: its name tells which settings it has. */
export type AnyActiveFault = { [Name in FaultName]: ActiveFault<Name> }[FaultName];

export interface FaultEvents {
	enabled: [fault: AnyActiveFault];
	disabled: [fault: AnyActiveFault];
	applied: [fault: AnyActiveFault, context: FaultContext];
}

type Activation = AnyActiveFault & {
	applied: number;
	spent: boolean;
	readonly random: () => number;
	readonly criteria: Criteria;
};

/** The settings that most faults share. */
interface Criteria {
	readonly times?: number;
	readonly probability?: number;
	readonly seed?: number;
	readonly operation?: string;
	readonly message?: string;
	readonly key?: string;
}

/** Unsigned, so only befallen by what names them. */
const UNSIGNED_MESSAGES = ['ack', 'err'];

/** The switchboard: which faults are on, and whether one happens now. What a fault then does is decided where it happens. */
export class Faults extends EventEmitter<FaultEvents> {
	#active: Activation[] = [];

	#nextId = 1;

	get active(): readonly AnyActiveFault[] {
		return this.#active;
	}

	/**
	 * Switches a fault on. One fault can be on several times, with different settings.
	 * @throws FaultSettingsError for settings that the fault does not have
	 */
	enable<Name extends FaultName>(name: Name, settings: FaultSettings<Name> = {}): ActiveFault<Name> {
		const resolved = resolveSettings(name, FAULTS[name].parameters, settings);
		const activation = {
			id: `${name}-${this.#nextId++}`,
			name,
			// Checked against the very parameters that the type is made from.
			settings: resolved as unknown as ResolvedFault<Name>,
			applied: 0,
			spent: false,
			random: seededRandom(Number(resolved.seed ?? 1)),
			criteria: resolved as Criteria,
		};
		// One name goes with its own settings here, which the compiler cannot follow through a type parameter.
		const added = activation as unknown as Activation;
		this.#active.push(added);
		this.emit('enabled', added);
		return activation;
	}

	/** Switches off one activation by its id, or all of a name. */
	disable(nameOrId: string): void {
		const isMeant = ({ name, id }: Activation) => name === nameOrId || id === nameOrId;
		const disabled = this.#active.filter(isMeant);
		this.#active = this.#active.filter((activation) => !isMeant(activation));
		for (const activation of disabled) this.emit('disabled', activation);
	}

	clear(): void {
		for (const name of FAULT_NAMES) this.disable(name);
	}

	/** The fault's settings if it happens now, which is then counted. */
	take<Name extends FaultName>(name: Name, context: FaultContext = {}): ResolvedFault<Name> | undefined {
		const activation = this.#active.find((candidate) => candidate.name === name && this.#happens(candidate, context));
		if (!activation) return undefined;
		this.apply(activation, context);
		return activation.settings;
	}

	/** Every fault of a stage that happens now, in the order of enabling. */
	takeAll(stage: FaultStage, context: FaultContext): AnyActiveFault[] {
		const happening = this.#active.filter(
			(activation) => FAULTS[activation.name].stage === stage && this.#happens(activation, context),
		);
		for (const activation of happening) this.apply(activation, context);
		return happening;
	}

	/** Counts that a fault happened. */
	apply(fault: Pick<ActiveFault, 'id'>, context: FaultContext): void {
		const activation = this.#active.find(({ id }) => id === fault.id);
		if (!activation) return;
		activation.applied += 1;
		activation.spent = activation.applied >= (activation.criteria.times ?? Infinity);
		this.emit('applied', activation, context);
	}

	#happens({ spent, criteria, random }: Activation, context: FaultContext): boolean {
		if (spent) return false;
		if (criteria.operation !== undefined && criteria.operation !== context.operation) return false;
		if (criteria.key !== undefined && criteria.key !== context.key) return false;
		if (context.message !== undefined) {
			const named = criteria.message === context.message;
			const anySigned = criteria.message === undefined && !UNSIGNED_MESSAGES.includes(context.message);
			if (!named && !anySigned) return false;
		}
		// Drawn last, so that a draw is only used up by what could have happened.
		return criteria.probability === undefined || criteria.probability >= 1 || random() < criteria.probability;
	}
}
