import { ValidationError } from '../errors';
import { validAccountNumber, validCurrency } from '../operations/validate';
import type { AmountProblem, TransferAmount, TransferParams } from '../protocol';
import { canonicalRules, readTransferAmount } from '../protocol';
import { narrativeWithReference, readReference } from './reference';

/** A transfer as a user asks for it. */
export interface TransferRequest {
	/** Account to send from. */
	accountNumber: string;
	/** Account to send to. */
	beneficiary: string;
	currency: string;
	/** A positive decimal with at most two decimals, as a number or (never rounded) as text. */
	amount: number | string;
	narrative: string;
	/** A business key, such as an invoice number, under which this transfer may happen once. 1–64 visible characters. */
	reference?: string | undefined;
}

/** A transfer that can be signed. */
export interface ValidTransfer {
	readonly accountNumber: string;
	readonly beneficiary: string;
	readonly currency: string;
	readonly amount: TransferAmount;
	/** As the user gave it. */
	readonly narrative: string;
	/** As it is sent: with the reference at its end. */
	readonly sentNarrative: string;
	readonly reference: string | undefined;
}

const AMOUNT_WORDS: Readonly<Record<AmountProblem, { message: string; description: string }>> = {
	missing: { message: 'The amount is missing', description: 'Enter how much to send, such as 150.10.' },
	notANumber: { message: 'The amount is not a plain decimal number', description: 'Enter digits with a point, such as 150.10.' },
	notPositive: { message: 'The amount is not greater than zero', description: 'Enter an amount of at least 0.01.' },
	decimals: {
		message: 'The amount has more than two decimals',
		description:
			'Amounts are never rounded for you. Round it yourself, for example with the expression {{ $json.amount.toFixed(2) }}.',
	},
	tooLarge: {
		message: 'The amount has more than 15 significant digits',
		description: 'Such an amount cannot be sent exactly. Split it into smaller transfers.',
	},
};

/** Longer texts risk being cut by a bank on the way, and with them the reference at the end. In UTF-16 units. */
export const MAXIMUM_NARRATIVE_LENGTH = 1_000;

const CONTROL_CHARACTERS = /[\p{Cc}\u2028\u2029]/u;

/** @throws ValidationError for the first field that cannot be right */
export function readTransferRequest(request: TransferRequest): ValidTransfer {
	const accountNumber = validAccountNumber('accountNumber', request.accountNumber);
	const beneficiary = validAccountNumber('beneficiary', request.beneficiary);
	if (accountNumber === beneficiary) {
		throw new ValidationError(
			'beneficiary',
			`The beneficiary is the sending account ${accountNumber} itself`,
			'Enter the account number of somebody else, or of another account of yours.',
		);
	}
	const currency = validCurrency(request.currency);
	const amount = readTransferAmount(request.amount);
	if (!amount.ok) {
		const { message, description } = AMOUNT_WORDS[amount.problem];
		throw new ValidationError('amount', message, description);
	}
	const reference = request.reference ? readReference(request.reference) : undefined;
	const narrative = readNarrative(request.narrative, reference);
	const sentNarrative = reference === undefined ? narrative : narrativeWithReference(narrative, reference);
	return { accountNumber, beneficiary, currency, amount: amount.value, narrative, sentNarrative, reference };
}

/** The params that go on the wire (section "Operations"). */
export function transferParams(transfer: ValidTransfer): TransferParams {
	const { accountNumber, beneficiary, currency, amount, sentNarrative } = transfer;
	return { accountNumber, beneficiary, currency, amount: amount.wireNumber, narrative: sentNarrative };
}

/** The transfer at the start of a sentence, with whose money it moves. */
export function describeTransfer({ amount, currency, accountNumber, beneficiary }: ValidTransfer): string {
	return `The transfer of ${amount.text} ${currency} from account ${accountNumber} to ${beneficiary}`;
}

/** The same for programs: what an error carries. */
export function transferDetails(transfer: ValidTransfer, nonce?: number): Record<string, string> {
	const { accountNumber, beneficiary, currency, amount, reference } = transfer;
	return {
		accountNumber,
		beneficiary,
		currency,
		amount: amount.text,
		...(reference === undefined ? {} : { reference }),
		...(nonce === undefined ? {} : { nonce: String(nonce) }),
	};
}

function readNarrative(value: unknown, reference: string | undefined): string {
	if (typeof value !== 'string' || (value.trim() === '' && reference === undefined)) {
		throw new ValidationError(
			'narrative',
			'The narrative is empty',
			'Say what the transfer is for: the narrative is all that the recipient sees. With a reference it may be left empty.',
		);
	}
	if (CONTROL_CHARACTERS.test(value)) {
		throw new ValidationError(
			'narrative',
			'The narrative contains control characters',
			'Remove line breaks, tabs and other control characters: a bank statement is one line.',
		);
	}
	if (!canonicalRules.text(value)) {
		throw new ValidationError(
			'narrative',
			'The narrative contains half of a character',
			'Text was cut in the middle of a character such as an emoji. Cut it somewhere else.',
		);
	}
	if (value.length > MAXIMUM_NARRATIVE_LENGTH) {
		throw new ValidationError(
			'narrative',
			`The narrative has ${value.length} characters`,
			`At most ${MAXIMUM_NARRATIVE_LENGTH} are sent. Shorten it, or refer to a document that holds the rest.`,
		);
	}
	return value;
}
