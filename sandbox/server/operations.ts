import { operationSignedString } from '../../client/protocol';
import { BankError } from '../bank/bank-error';
import type { Faults } from '../faults/faults';
import type { OperationCourse } from '../faults/operation-faults';
import { NONCE_REFUSAL, operationCourse } from '../faults/operation-faults';
import { Timers } from '../timers';
import type { Announcements } from './announcements';
import type { BackOffice } from './back-office';
import type { Connection, Connections } from './connection';
import type { Outbox } from './outbox';
import type { ReadOperation } from './read-operation';
import { isOperationName, MalformedOperation, readEnvelope, readOperation } from './read-operation';

/** What an operation came to, told as it happens. */
export interface OperationHandlers {
	acknowledged(connection: Connection, operation: ReadOperation): void;
	refused(
		connection: Connection,
		operation: string,
		about: { key?: string; nonce?: number },
		reason: string | undefined,
		cause: 'nonce' | 'other',
	): void;
	authenticated(connection: Connection, key: string): void;
	failed(operation: ReadOperation, reason: string): void;
}

/**
 * Takes in operations: form, key, signature, nonce and the right to the account are checked, in this order, and only then is the nonce used up.
 * What is refused with `err` has had no effect at all.
 */
export class Operations {
	readonly #timers = new Timers();

	/** Verification takes a while; the operations of one connection are nevertheless taken in the order of their arrival. */
	readonly #queues = new WeakMap<Connection, Promise<void>>();

	constructor(
		private readonly office: BackOffice,
		private readonly connections: Connections,
		private readonly outbox: Outbox,
		private readonly announcements: Announcements,
		private readonly faults: Faults,
		private readonly handlers: OperationHandlers,
	) {}

	receive(connection: Connection, name: string, payload: unknown): void {
		let operation: ReadOperation;
		try {
			operation = readOperation(name, payload);
		} catch (error) {
			if (!(error instanceof MalformedOperation)) throw error;
			const { message } = error;
			this.#inTurn(connection, async () => this.#refuse(connection, name, readEnvelope(payload), message));
			return;
		}
		const verified = this.#verify(operation);
		this.#inTurn(connection, async () => {
			const refusal = (await verified) ?? this.#objection(operation);
			if (refusal !== undefined) this.#refuse(connection, name, operation, refusal);
			else this.#admit(connection, operation);
		});
	}

	close(): void {
		this.#timers.clear();
	}

	#inTurn(connection: Connection, action: () => Promise<void>): void {
		this.#queues.set(connection, (this.#queues.get(connection) ?? Promise.resolve()).then(action));
	}

	async #verify({ key, nonce, signed, request }: ReadOperation): Promise<string | undefined> {
		const registered = this.office.registeredKey(key);
		if (!registered) return 'Unknown key';
		const valid = await registered.verify(operationSignedString(request, key, nonce), signed);
		return valid ? undefined : 'Invalid signature';
	}

	#objection(operation: ReadOperation): string | undefined {
		const { key, nonce } = operation;
		if (!this.office.nonces.isFresh(key, nonce)) return NONCE_REFUSAL;
		if (operation.operation === 'auth') return undefined;
		const { bank } = this.office;
		const { accountNumber } = operation;
		const isOwn = bank.has(accountNumber) && bank.account(accountNumber).keys.has(key);
		return isOwn ? undefined : `Account ${accountNumber} is not registered to this key`;
	}

	#refuse(
		connection: Connection,
		name: string,
		about: { key?: string; nonce?: number },
		reason: string | undefined,
		cause: 'nonce' | 'other' = reason === NONCE_REFUSAL ? 'nonce' : 'other',
	): void {
		const { key, nonce } = about;
		const payload = { ...(nonce === undefined ? {} : { nonce }), ...(reason === undefined ? {} : { msg: reason }) };
		this.handlers.refused(connection, name, about, reason, cause);
		this.outbox.answer(connection, 'err', payload, { key, ...(isOperationName(name) ? { operation: name } : {}) });
	}

	#admit(connection: Connection, operation: ReadOperation): void {
		const { key, nonce, operation: name } = operation;
		const course = operationCourse(this.faults, { operation: name, key });
		if (course.refusal) {
			this.#refuse(connection, name, operation, course.refusal.reason, 'other');
			return;
		}
		this.office.nonces.use(key, nonce);
		if (course.wait > 0) this.#timers.after(course.wait, () => this.#carryOut(connection, operation, course));
		else this.#carryOut(connection, operation, course);
	}

	#carryOut(connection: Connection, operation: ReadOperation, course: OperationCourse): void {
		const { key, nonce, operation: name } = operation;
		if (course.connection === 'cutBeforeAck') connection.cut();
		if (course.connection === 'silencedBeforeAck') connection.silence();
		if (course.acknowledged) {
			this.handlers.acknowledged(connection, operation);
			this.outbox.answer(connection, 'ack', { nonce }, { operation: name, key });
		}
		if (course.connection === 'cutAfterAck') this.outbox.cut(connection);
		if (course.performed) this.#perform(connection, operation, course);
	}

	#perform(connection: Connection, operation: ReadOperation, course: OperationCourse): void {
		const { key } = operation;
		const { bank } = this.office;
		switch (operation.operation) {
			case 'auth':
				this.connections.authenticate(connection, key);
				this.handlers.authenticated(connection, key);
				return;
			case 'account':
				if (course.answered) this.announcements.account(bank.account(operation.accountNumber), key, connection);
				return;
			case 'statement':
				if (course.answered) {
					this.announcements.statement(bank.statement(operation.accountNumber, operation.filter), key, connection);
				}
				return;
			case 'transfer':
				this.#transfer(operation, course);
		}
	}

	#transfer(operation: ReadOperation & { operation: 'transfer' }, course: OperationCourse): void {
		const { key, nonce, accountNumber, beneficiary, currency, amount, narrative } = operation;
		const order = { from: accountNumber, to: beneficiary, currency, amount, narrative };
		try {
			this.office.bank.apiTransfer(order, { key, nonce, announced: course.answered }, course.settlesAfter);
		} catch (error) {
			if (!(error instanceof BankError)) throw error;
			this.handlers.failed(operation, error.message);
			if (course.answered) this.announcements.failed(key, nonce, error.message);
		}
	}
}
