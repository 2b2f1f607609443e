import { ValidationError } from '../errors';

/** No white space and nothing invisible: what the last " [" in a narrative begins is then the reference, and nothing else can be. */
const REFERENCE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]{1,64}$/u;

/** @throws ValidationError unless it is 1–64 visible characters */
export function readReference(value: string): string {
	// One spelling for what looks the same, so that retrying finds what was sent.
	const reference = value.trim().normalize('NFC');
	if (REFERENCE.test(reference)) return reference;
	throw new ValidationError(
		'reference',
		'The reference is not 1 to 64 visible characters',
		'Use a business key without spaces, such as an invoice number: INV-2024-0042.',
	);
}

/** What is sent as narrative: the reference at its end, where clients of this API have always put their own ids. */
export function narrativeWithReference(narrative: string, reference: string): string {
	return narrative === '' ? `[${reference}]` : `${narrative} [${reference}]`;
}

export function narrativeHasReference(narrative: string, reference: string): boolean {
	return narrative === `[${reference}]` || narrative.endsWith(` [${reference}]`);
}
