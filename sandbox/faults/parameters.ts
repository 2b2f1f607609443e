/** What can be set about a fault. Described as data, so that the page and the control API show and check the same as the types do. */
export type FaultParameter = NumberParameter | SwitchParameter | ChoiceParameter | TextParameter;

interface NumberParameter {
	readonly kind: 'number';
	readonly description: string;
	readonly default?: number;
	readonly minimum: number;
	readonly maximum?: number;
}

interface SwitchParameter {
	readonly kind: 'switch';
	readonly description: string;
	readonly default: boolean;
}

interface ChoiceParameter<Choice extends string = string> {
	readonly kind: 'choice';
	readonly description: string;
	readonly choices: readonly Choice[];
	readonly default?: Choice;
}

interface TextParameter {
	readonly kind: 'text';
	readonly description: string;
	readonly default?: string;
}

export type FaultParameters = Readonly<Record<string, FaultParameter>>;

type ValueOf<Parameter> = Parameter extends ChoiceParameter<infer Choice>
	? Choice
	: Parameter extends { kind: 'number' }
		? number
		: Parameter extends { kind: 'switch' }
			? boolean
			: string;

/** What a caller may give. */
export type SettingsOf<Parameters> = { -readonly [Name in keyof Parameters]?: ValueOf<Parameters[Name]> };

/** What a fault works with: as given, and the defaults for the rest. */
export type ResolvedSettings<Parameters> = {
	readonly [Name in keyof Parameters]: Parameters[Name] extends { default: string | number | boolean }
		? ValueOf<Parameters[Name]>
		: ValueOf<Parameters[Name]> | undefined;
};

type SettingValue = string | number | boolean;

export class FaultSettingsError extends Error {
	override readonly name = 'FaultSettingsError';
}

export function choice<const Choice extends string>(description: string, choices: readonly Choice[]) {
	return { kind: 'choice', description, choices } as const;
}

export function choiceOr<const Choice extends string>(
	description: string,
	choices: readonly Choice[],
	otherwise: NoInfer<Choice>,
) {
	return { kind: 'choice', description, choices, default: otherwise } as const;
}

export function switchOr(description: string, otherwise: boolean) {
	return { kind: 'switch', description, default: otherwise } as const;
}

export function count(description: string) {
	return { kind: 'number', description, minimum: 1 } as const;
}

export function numberOr(description: string, otherwise: number, minimum = 0, maximum?: number) {
	return { kind: 'number', description, default: otherwise, minimum, ...(maximum === undefined ? {} : { maximum }) } as const;
}

export function text(description: string) {
	return { kind: 'text', description } as const;
}

export function textOr(description: string, otherwise: string) {
	return { kind: 'text', description, default: otherwise } as const;
}

/**
 * Checks settings that may come from anywhere, and fills in the defaults.
 * @throws FaultSettingsError for a setting that the fault does not have or that cannot be
 */
export function resolveSettings(
	fault: string,
	parameters: FaultParameters,
	settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, SettingValue | undefined>> {
	for (const name of Object.keys(settings)) {
		if (!Object.hasOwn(parameters, name)) throw new FaultSettingsError(`${fault} has no setting ${name}`);
	}
	const entries = Object.entries(parameters).map(([name, parameter]) => {
		const value = settings[name];
		if (value === undefined) return [name, parameter.default] as const;
		const problem = problemOf(parameter, value);
		if (problem !== undefined) throw new FaultSettingsError(`${fault}.${name} must be ${problem}`);
		return [name, value as SettingValue] as const;
	});
	return Object.fromEntries(entries);
}

function problemOf(parameter: FaultParameter, value: unknown): string | undefined {
	switch (parameter.kind) {
		case 'number': {
			const { minimum, maximum = Infinity } = parameter;
			const fits = typeof value === 'number' && value >= minimum && value <= maximum;
			return fits ? undefined : `a number from ${minimum}${maximum === Infinity ? '' : ` to ${maximum}`}`;
		}
		case 'switch':
			return typeof value === 'boolean' ? undefined : 'true or false';
		case 'choice':
			return typeof value === 'string' && parameter.choices.includes(value)
				? undefined
				: `one of ${parameter.choices.join(', ')}`;
		case 'text':
			return typeof value === 'string' ? undefined : 'a text';
	}
}
