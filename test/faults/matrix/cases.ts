import { FAULTS } from '../../../sandbox';
import type { Bank, Transport } from '../support/bank';
import { TRANSPORTS, withBank } from '../support/bank';
import { MATRIX } from './matrix';
import type { Column, Outcomes, Row } from './outcomes';
import { UNHARMED } from './outcomes';

/** One cell of the matrix. */
export interface Case<Name extends Column = Column> {
	readonly title: string;
	readonly row: Row;
	readonly column: Name;
	readonly transport: Transport;
	readonly expected: Outcomes[Name];
	/** Words of what the user is told. */
	readonly says: RegExp | undefined;
}

interface Target {
	readonly operation?: 'auth' | 'transfer' | 'statement' | 'account';
	readonly message?: 'transfer' | 'account' | 'error';
	/** How many messages are the answer. */
	readonly messages?: number;
}

/** What a fault befalls. */
const TARGETS: Readonly<Record<Column, Target>> = {
	transfer: { operation: 'transfer', message: 'transfer' },
	confirmedTransfer: { operation: 'transfer', message: 'transfer' },
	failingTransfer: { operation: 'transfer', message: 'error' },
	transferWithReference: { operation: 'transfer', message: 'transfer' },
	// The opening balance, and the payment.
	referenceSearch: { operation: 'statement', message: 'transfer', messages: 2 },
	statement: { operation: 'statement', message: 'transfer' },
	account: { operation: 'account', message: 'account' },
	announcement: { message: 'transfer' },
	// The opening balance, what the trigger has seen, and what it has missed.
	catchingUp: { operation: 'statement', message: 'transfer', messages: 3 },
	authentication: { operation: 'auth' },
};

/** How often a fault happens to a trigger that happens "always": a trigger goes on trying for ever. */
const OFTEN = 8;
const CONNECTION_ATTEMPTS = 2;

export const TRIGGER_COLUMNS = ['announcement', 'catchingUp', 'authentication'] as const satisfies Column[];

/** Every cell of these columns, on every transport where the fault can happen. */
export function casesOf<Name extends Column>(...columns: Name[]): Array<Case<Name>> {
	return columns.flatMap((column) =>
		Object.entries(MATRIX).flatMap(([fault, rows]) =>
			rows.flatMap((rest) => {
				const row = { fault, ...rest } as Row;
				if (!canBefall(row, column)) return [];
				return (row.transports ?? TRANSPORTS).map((transport) => {
					const expected = row.but?.[column] ?? UNHARMED[column];
					const title = `${fault}${row.form === undefined ? '' : ` (${row.form})`}, ${transport}: ${expected}`;
					return { title, row, column, transport, expected, says: row.says?.[column] };
				});
			}),
		),
	);
}

function canBefall({ fault, columns, ofAcknowledgement }: Row, column: Column): boolean {
	if (columns && !columns.includes(column)) return false;
	switch (FAULTS[fault].stage) {
		case 'operation':
			return column !== 'announcement';
		case 'message':
			return ofAcknowledgement ? column !== 'announcement' : column !== 'authentication';
		default:
			return column !== 'catchingUp' && column !== 'authentication';
	}
}

/** Milliseconds. The times in the matrix are shorter or longer than these. */
export const WAITS = { ackTimeout: 3_000, responseTimeout: 3_000, quietPeriod: 500, confirmationTimeout: 4_000 };

/** A bank for one cell. */
export async function withBankFor<T>({ row, transport }: Case, run: (bank: Bank) => Promise<T>): Promise<T> {
	return await withBank(transport, run, { watchful: row.fault.startsWith('halfOpen') });
}

export function isAboutConnections({ row }: Case): boolean {
	return FAULTS[row.fault].stage === 'connection';
}

export function switchOn(bank: Bank, { row, column }: Case): void {
	const { fault } = row;
	const { operation, message, messages = 1 } = TARGETS[column];
	const isTrigger = (TRIGGER_COLUMNS as readonly Column[]).includes(column);
	const { stage, parameters } = FAULTS[fault];
	const times = row.always ? (isTrigger ? OFTEN : undefined) : stage === 'message' && !row.ofAcknowledgement ? messages : 1;
	const settings: Record<string, unknown> = { ...row.settings };
	if (stage === 'connection' && isTrigger) settings.times = CONNECTION_ATTEMPTS;
	if (stage === 'operation' || stage === 'message') {
		if ('times' in parameters && times !== undefined) settings.times = fault === 'reorder' ? 2 * times : times;
		if (operation !== undefined) settings.operation = operation;
		if (stage === 'message') settings.message = row.ofAcknowledgement ? 'ack' : message;
	}
	// Checked by the sandbox against the fault’s own parameters.
	bank.sandbox.faults.enable(fault, settings);
}

/** A cell in which the fault never happened would show nothing. */
export function requireThatItHappened(bank: Bank): void {
	const [fault] = bank.sandbox.faults.active;
	if (!fault || fault.applied === 0) throw new Error('The fault did not happen');
}
