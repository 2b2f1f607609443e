import type { OperationName } from '../../client/protocol';
import type { AnyActiveFault, Faults } from '../faults/faults';
import type { Disturbance, Genuine } from '../faults/message-faults';
import { MessageFaults } from '../faults/message-faults';
import { Timers } from '../timers';
import type { Frame } from '../wire/frames';
import { message as frameOf } from '../wire/frames';
import type { ServerIdentity, UnsignedMessage, WireMessage } from '../wire/server-identity';
import type { Connection } from './connection';

export interface SentFrame {
	connection: Connection;
	key: string | undefined;
	frame: Frame;
	genuine: boolean;
}

interface Delivery {
	readonly targets: readonly Connection[];
	readonly key: string | undefined;
	readonly frames: ReadonlyArray<{ frame: Frame; genuine: boolean }>;
	readonly cut: boolean;
}

/** How many genuine messages are remembered for replays, of each type and key. */
const REMEMBERED_MESSAGES = 100;

/**
 * Everything that is sent, in the order in which it was decided on: signing takes a while, and what comes later must not overtake what came before.
 * This is where the faults of messages happen.
 */
export class Outbox {
	readonly #messageFaults: MessageFaults;

	readonly #timers = new Timers();

	readonly #history = new Map<string, WireMessage[]>();

	/** What each `reorder` is keeping back. */
	readonly #kept = new Map<string, { deliveries: Delivery[]; cancel: () => void }>();

	#queue: Promise<void> = Promise.resolve();

	constructor(
		private readonly identity: ServerIdentity,
		private readonly faults: Faults,
		private readonly onSent: (sent: SentFrame) => void,
	) {
		this.#messageFaults = new MessageFaults(identity);
	}

	/** Answers an operation, unsigned. */
	answer(
		connection: Connection,
		type: 'ack' | 'err',
		payload: object,
		about: { operation?: OperationName | undefined; key?: string | undefined },
	): void {
		const genuine: Genuine = { type, context: { ...about, message: type }, payload };
		this.#enqueue(Promise.resolve(genuine), [connection], this.faults.takeAll('message', genuine.context));
	}

	/** Signs a message and sends it to these connections. Where none is open there is nobody to sign it for. */
	send(message: UnsignedMessage, targets: readonly Connection[], operation?: OperationName): void {
		if (!targets.some(({ open }) => open)) return;
		const { type, rcpt: key } = message;
		const context = { operation, message: type, key };
		const signed = this.identity.sign(message).then((payload): Genuine => ({ type, context, payload }));
		this.#enqueue(signed, targets, this.faults.takeAll('message', context));
	}

	/** Cuts the connection once everything is written that was decided on before. */
	cut(connection: Connection): void {
		this.#then(async () => await connection.cutAfterWriting());
	}

	/** Resolves when everything that was decided on until now is written, apart from what faults delay. */
	async idle(): Promise<void> {
		await this.#queue;
	}

	close(): void {
		this.#timers.clear();
		this.#kept.clear();
		this.#history.clear();
	}

	#enqueue(genuine: Promise<Genuine>, targets: readonly Connection[], faults: readonly AnyActiveFault[]): void {
		this.#then(async () => {
			const message = await genuine;
			const history = this.#historyOf(message);
			const disturbance = await this.#messageFaults.disturb(message, faults, history);
			if (message.type !== 'ack' && message.type !== 'err') this.#remember(history, message.payload as WireMessage);
			await this.#deliver(message, disturbance, targets);
		});
	}

	#then(action: () => Promise<void>): void {
		this.#queue = this.#queue.then(action);
	}

	async #deliver({ type, context, payload }: Genuine, disturbance: Disturbance, targets: readonly Connection[]): Promise<void> {
		const { before, after, wait, reorder, cut } = disturbance;
		const forged = (frame: Frame) => ({ frame, genuine: false });
		const genuine = disturbance.genuine ? [{ frame: frameOf(type, payload), genuine: true }] : [];
		const delivery = {
			targets,
			key: context.key,
			frames: [...before.map(forged), ...genuine, ...after.map(forged)],
			cut,
		};
		const go = async () => await (reorder ? this.#keep(delivery, reorder) : this.#write(delivery));
		// What is late does not hold up what comes after it.
		if (wait > 0) this.#timers.after(wait, () => void go());
		else await go();
	}

	async #keep(delivery: Delivery, { id, count, milliseconds }: NonNullable<Disturbance['reorder']>): Promise<void> {
		const release = async () => {
			const kept = this.#kept.get(id);
			this.#kept.delete(id);
			kept?.cancel();
			for (const each of kept?.deliveries.toReversed() ?? []) await this.#write(each);
		};
		const kept = this.#kept.get(id) ?? { deliveries: [], cancel: this.#timers.after(milliseconds, () => void release()) };
		this.#kept.set(id, kept);
		kept.deliveries.push(delivery);
		if (kept.deliveries.length >= count) await release();
	}

	async #write({ targets, key, frames, cut }: Delivery): Promise<void> {
		for (const connection of targets) {
			for (const { frame, genuine } of frames) {
				if (!connection.open) break;
				connection.send(frame);
				this.onSent({ connection, key, frame, genuine });
			}
			if (cut) await connection.cutAfterWriting();
		}
	}

	#historyOf({ type, context }: Genuine): WireMessage[] {
		const name = `${type} ${context.key ?? ''}`;
		const history = this.#history.get(name) ?? [];
		this.#history.set(name, history);
		return history;
	}

	#remember(history: WireMessage[], message: WireMessage): void {
		if (history.length < REMEMBERED_MESSAGES) history.push(message);
	}
}
