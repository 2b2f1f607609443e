import type { AnyActiveFault, FaultContext, Faults } from './faults';

/** What becomes of an operation that is in order. */
export interface OperationCourse {
	/** Refused instead: nothing of the rest applies. */
	readonly refusal?: { readonly reason?: string };
	/** Milliseconds to wait before anything is done. */
	readonly wait: number;
	readonly performed: boolean;
	readonly acknowledged: boolean;
	/** Whether signed messages about it are sent. */
	readonly answered: boolean;
	/** Milliseconds until a transfer is booked, where that is not the bank's own affair. */
	readonly settlesAfter?: number;
	/** What becomes of the connection, and when. */
	readonly connection: 'kept' | 'cutBeforeAck' | 'cutAfterAck' | 'silencedBeforeAck';
}

export const ORDERLY_COURSE: OperationCourse = {
	wait: 0,
	performed: true,
	acknowledged: true,
	answered: true,
	connection: 'kept',
};

/** Sends an operation down the course that the faults have for it. Several at once add up. */
export function operationCourse(faults: Faults, context: FaultContext): OperationCourse {
	let course = ORDERLY_COURSE;
	for (const fault of faults.takeAll('operation', context)) course = { ...course, ...deviation(fault) };
	return course;
}

function deviation(fault: AnyActiveFault): Partial<OperationCourse> {
	switch (fault.name) {
		case 'halfOpen':
			return { performed: fault.settings.effect, acknowledged: false, connection: 'silencedBeforeAck' };
		case 'dropBeforeAck':
			return { performed: false, acknowledged: false, connection: 'cutBeforeAck' };
		case 'dropBeforeAckAfterEffect':
			return { acknowledged: false, connection: 'cutBeforeAck' };
		case 'dropAfterAck':
			return { connection: 'cutAfterAck' };
		case 'loseAck':
			return { acknowledged: false };
		case 'refuseNonce':
			return { refusal: { reason: NONCE_REFUSAL } };
		case 'refuseWithoutReason':
			return { refusal: {} };
		case 'refuse':
			return { refusal: { reason: fault.settings.reason } };
		case 'performLate':
			return { wait: fault.settings.milliseconds };
		case 'settleLate':
			return { settlesAfter: fault.settings.milliseconds };
		case 'neverSettle':
			return { performed: false };
		case 'neverAnswer':
			return { answered: false };
		default:
			return {};
	}
}

/** The words for a nonce that is not higher than the last, whether it is true or a fault. */
export const NONCE_REFUSAL = 'Nonce must be higher than the previous nonce of this key';
