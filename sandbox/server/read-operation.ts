import type { OperationName, OperationRequest } from '../../client/protocol';
import { API_VERSION } from '../../client/protocol';
import type { JsonObject } from '../../client/protocol/json';
import { readJson } from '../../client/protocol/json';
import type { StatementFilter } from '../bank/ledger';

/** An operation whose form is in order. Who sent it, and whether they may, is still open. */
export type ReadOperation = {
	readonly key: string;
	readonly nonce: number;
	readonly signed: string;
	/** What the signature covers. */
	readonly request: OperationRequest;
} & (
	| { readonly operation: 'auth' }
	| { readonly operation: 'account'; readonly accountNumber: string }
	| { readonly operation: 'statement'; readonly accountNumber: string; readonly filter: StatementFilter }
	| {
			readonly operation: 'transfer';
			readonly accountNumber: string;
			readonly beneficiary: string;
			readonly currency: string;
			readonly amount: number;
			readonly narrative: string;
	  }
);

/** The form of an operation is wrong. The message is what the client is told. */
export class MalformedOperation extends Error {
	override readonly name = 'MalformedOperation';
}

const OPERATIONS: readonly string[] = ['auth', 'transfer', 'statement', 'account'] satisfies OperationName[];
const DIGITS = /^[0-9]{1,15}$/u;
const MILLISECONDS = 1000;

export function isOperationName(name: string): name is OperationName {
	return OPERATIONS.includes(name);
}

/** What can be said of anything that claims to be an operation, for answering it. */
export function readEnvelope(payload: unknown): { key?: string; nonce?: number; params?: unknown } {
	const message = readJson(payload);
	const key = typeof message?.key === 'string' ? message.key : undefined;
	const nonce = Number.isSafeInteger(message?.nonce) ? Number(message?.nonce) : undefined;
	return {
		...(key === undefined ? {} : { key }),
		...(nonce === undefined ? {} : { nonce }),
		...(message?.params === undefined ? {} : { params: message.params }),
	};
}

/**
 * Reads an operation from a JSON string or an object.
 * @throws MalformedOperation
 */
export function readOperation(operation: string, payload: unknown): ReadOperation {
	if (!isOperationName(operation)) throw new MalformedOperation('Unknown operation');
	const message = readJson(payload);
	if (!message) throw new MalformedOperation('The message is no JSON object');
	const { key, nonce } = readEnvelope(message);
	if (message.apiVersion !== API_VERSION) throw new MalformedOperation(`apiVersion must be ${API_VERSION}`);
	if (key === undefined) throw new MalformedOperation('key must be a text');
	if (nonce === undefined || nonce <= 0) throw new MalformedOperation('nonce must be a positive integer');
	const signed = textOf(message, 'signed');
	const envelope = { key, nonce, signed };
	if (operation === 'auth') return { ...envelope, operation, request: { operation } };

	const params = readJson(message.params);
	if (!params || typeof message.params === 'string') throw new MalformedOperation('params must be an object');
	switch (operation) {
		case 'account': {
			const accountNumber = textOf(params, 'accountNumber');
			return { ...envelope, operation, accountNumber, request: { operation, params: { accountNumber } } };
		}
		case 'statement':
			return { ...envelope, ...readStatement(params) };
		case 'transfer': {
			const transfer = {
				accountNumber: textOf(params, 'accountNumber'),
				beneficiary: textOf(params, 'beneficiary'),
				currency: textOf(params, 'currency'),
				amount: numberOf(params, 'amount'),
				narrative: textOf(params, 'narrative'),
			};
			return { ...envelope, operation, ...transfer, request: { operation, params: transfer } };
		}
	}
}

/** The account goes by two names in the provider's document; where both are given they must agree. */
function readStatement(params: JsonObject) {
	const operation = 'statement';
	const accountNumber = textOf(params, params.accountNumber === undefined ? 'accountId' : 'accountNumber');
	if (params.accountId !== undefined && params.accountId !== accountNumber) {
		throw new MalformedOperation('accountId and accountNumber must be the same');
	}
	const given = (['limit', 'transactionId', 'fromTime'] as const).filter((name) => params[name] !== undefined);
	const [by] = given;
	if (by === undefined || given.length > 1) {
		throw new MalformedOperation('Exactly one of limit, transactionId and fromTime is needed');
	}
	const value = String(params[by]);
	if (!DIGITS.test(value)) throw new MalformedOperation(`${by} must be digits`);
	const filter: StatementFilter =
		by === 'limit'
			? { by, limit: Number(value) }
			: by === 'transactionId'
				? { by, transactionId: value }
				: { by, fromTime: Number(value) * MILLISECONDS };
	const signedParams = { accountNumber, accountId: accountNumber, limit: value };
	return { operation, accountNumber, filter, request: { operation, params: signedParams } } as const;
}

function textOf(object: JsonObject, field: string): string {
	const value = object[field];
	if (typeof value !== 'string') throw new MalformedOperation(`${field} must be a text`);
	return value;
}

function numberOf(object: JsonObject, field: string): number {
	const value = object[field];
	if (typeof value !== 'number') throw new MalformedOperation(`${field} must be a number`);
	return value;
}
