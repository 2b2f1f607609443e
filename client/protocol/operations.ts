/** What a client asks of the server (section "Operations"). */
export type OperationName = 'auth' | 'transfer' | 'statement' | 'account';

export const API_VERSION = 2;

export interface TransferParams {
	accountNumber: string;
	beneficiary: string;
	currency: string;
	/** A JSON number on the wire; its `toString` is what is signed. */
	amount: number;
	narrative: string;
}

/** Strings of digits; `fromTime` is Unix time in seconds. The server takes one of the three at most. */
export type StatementFilter = { limit: string } | { transactionId: string } | { fromTime: string };

/** The source names the account twice: `accountId` in its table, `accountNumber` in its sample and signature. Both are sent, alike. */
export type StatementParams = { accountNumber: string; accountId: string } & StatementFilter;

export interface AccountParams {
	accountNumber: string;
}

export type OperationRequest =
	| { operation: 'auth' }
	| { operation: 'transfer'; params: TransferParams }
	| { operation: 'statement'; params: StatementParams }
	| { operation: 'account'; params: AccountParams };

export interface OperationMessage {
	apiVersion: typeof API_VERSION;
	key: string;
	nonce: number;
	params?: TransferParams | StatementParams | AccountParams;
	signed: string;
}

/**
 * The string that is signed for an operation. Neither the narrative of a transfer nor the filter of a statement is part of it: TLS alone
 * protects those two.
 */
export function operationSignedString(request: OperationRequest, key: string, nonce: number): string {
	const start = request.operation.toUpperCase() + key + String(nonce);
	switch (request.operation) {
		case 'auth':
			return start;
		case 'transfer': {
			const { accountNumber, beneficiary, currency, amount } = request.params;
			return start + accountNumber + beneficiary + currency + String(amount);
		}
		case 'statement':
		case 'account':
			return start + request.params.accountNumber;
	}
}

/** The complete message of an operation, as it is put on the wire. */
export function operationMessage(
	request: OperationRequest,
	key: string,
	nonce: number,
	signed: string,
): OperationMessage {
	const message = { apiVersion: API_VERSION, key, nonce, signed } as const;
	return request.operation === 'auth' ? message : { ...message, params: request.params };
}
