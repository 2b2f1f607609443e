export type BankErrorReason =
	| 'unknownAccount'
	| 'accountExists'
	| 'accountNumber'
	| 'currency'
	| 'sameAccount'
	| 'amount'
	| 'insufficientFunds'
	| 'narrative'
	| 'publicKey';

/** The bank says no. Nothing was booked. The message is what the other side of the API is told as well. */
export class BankError extends Error {
	override readonly name = 'BankError';

	constructor(
		readonly reason: BankErrorReason,
		message: string,
	) {
		super(message);
	}
}
