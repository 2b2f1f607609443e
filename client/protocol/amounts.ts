import type { Result } from './result';
import { failure, success } from './result';

/**
 * An amount of money that a transfer can carry. It is never computed with as floating point: `wireNumber` exists because the protocol
 * puts a JSON number on the wire, and is checked to print as `wireText`.
 */
export interface TransferAmount {
	/** With exactly two decimals, as server messages write it: `150.10`. */
	readonly text: string;
	/** As `Number.prototype.toString` prints it, which is what is signed: `150.1`. */
	readonly wireText: string;
	readonly wireNumber: number;
	readonly minorUnits: bigint;
}

export type AmountProblem = 'missing' | 'notANumber' | 'notPositive' | 'decimals' | 'tooLarge';

const PLAIN_DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/u;
const NEGATIVE_DECIMAL = /^-[0-9]+(?:\.[0-9]+)?$/u;
const MAXIMUM_SIGNIFICANT_DIGITS = 15;
const DECIMALS = 2;
/** From here on `Number.prototype.toString` switches to exponents. */
const EXPONENT = /^-?[0-9.]+e\+[0-9]+$/u;

/**
 * Reads the amount of a transfer: a positive decimal with at most two decimals and no more than 15 significant digits, as a number or as text.
 * A number is read as it prints, so `0.1 + 0.2` is refused for its decimals instead of being rounded.
 */
export function readTransferAmount(input: unknown): Result<TransferAmount, AmountProblem> {
	if (input === undefined || input === null || input === '') return failure('missing');
	if (typeof input !== 'number' && typeof input !== 'string') return failure('notANumber');
	const text = String(input).trim();
	if (EXPONENT.test(text)) return failure('tooLarge');
	if (NEGATIVE_DECIMAL.test(text)) return failure('notPositive');
	const parts = PLAIN_DECIMAL.exec(text);
	// A small number prints as 1e-7: it has more than two decimals, whatever its digits are.
	if (!parts) return failure(typeof input === 'number' && Number.isFinite(input) ? 'decimals' : 'notANumber');
	const whole = parts[1] ?? '';
	const decimals = parts[2] ?? '';
	if (decimals.length > DECIMALS) return failure('decimals');
	const minorUnits = BigInt(whole + decimals.padEnd(DECIMALS, '0'));
	if (minorUnits === 0n) return failure('notPositive');

	const significantDecimals = decimals.replace(/0+$/u, '');
	const digits = (whole + significantDecimals).replace(/^0+/u, '');
	if (digits.length > MAXIMUM_SIGNIFICANT_DIGITS) return failure('tooLarge');
	const wireText = significantDecimals === '' ? whole : `${whole}.${significantDecimals}`;
	const wireNumber = Number(wireText);
	if (String(wireNumber) !== wireText) return failure('tooLarge');
	return success({ text: formatMinorUnits(minorUnits), wireText, wireNumber, minorUnits });
}

/** Minor units of a canonical amount or balance (`-12.50` is `-1250n`). */
export function minorUnitsOf(canonicalAmount: string): bigint {
	return BigInt(canonicalAmount.replace('.', ''));
}

/** The canonical text of minor units: `1500n` is `15.00`. */
export function formatMinorUnits(minorUnits: bigint): string {
	const digits = (minorUnits < 0n ? -minorUnits : minorUnits).toString().padStart(DECIMALS + 1, '0');
	return `${minorUnits < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${digits.slice(-DECIMALS)}`;
}
