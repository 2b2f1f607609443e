import { ValidationError } from '../errors';
import { canonicalRules } from '../protocol';

/** @throws ValidationError unless the text is ten digits */
export function validAccountNumber(field: string, value: unknown): string {
	if (typeof value === 'string' && canonicalRules.accountNumber(value.trim())) return value.trim();
	throw new ValidationError(
		field,
		`The ${field === 'beneficiary' ? 'beneficiary' : 'account number'} is not ten digits`,
		'Account numbers of Crypto Capital have ten digits, such as 9120000001. Keep them as text, so that no digit is lost.',
	);
}

/** @throws ValidationError unless the text is three capital letters */
export function validCurrency(value: unknown): string {
	if (typeof value === 'string' && canonicalRules.currency(value.trim())) return value.trim();
	throw new ValidationError(
		'currency',
		'The currency is not three capital letters',
		'Enter a currency code such as USD or EUR.',
	);
}
