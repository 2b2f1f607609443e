import type { Clock } from '../clock';
import { pause } from '../clock';
import type { ConnectionError } from '../errors';
import type { OperationRequest, SigningKey } from '../protocol';
import { operationMessage, operationSignedString } from '../protocol';
import type { TransportConnection } from '../transport/transport';
import { Contention } from './contention';
import type { NonceSource } from './nonces';
import type { PendingOperations, WrittenOutcome } from './pending-operations';

export type OperationOutcome = WrittenOutcome | { readonly kind: 'notWritten'; readonly error: ConnectionError };

export interface PerformOptions {
	/** Milliseconds to wait for `ack` or `err`, counted from the writing of each attempt. */
	ackTimeout: number;
	signal?: AbortSignal | undefined;
	/** Called in the same turn in which the operation goes to the connection; again for each repetition, with its own nonce. */
	onWritten?: ((nonce: number) => void) | undefined;
	/** Called in the same turn in which the `ack` is read, before anything that came after it. */
	onAcknowledged?: (() => void) | undefined;
}

/** A live connection and what waits on it. */
export interface LiveConnection {
	readonly transport: TransportConnection;
	readonly pending: PendingOperations;
}

const MAXIMUM_REPETITIONS = 5;
/** Nonces this far ahead of the clock come from a clock that was set back: waiting for it to catch up would be no help. */
const MAXIMUM_LEAD_TO_WAIT_FOR = 1_000;
/** Where others compete, this long one operation may keep the next one waiting. An answer that got lost must not stop everything. */
const LONGEST_TURN = 1_000;
/**
 * An operation that was refused twice goes this far ahead of the clock with its nonce, and twice as far each further time: in milliseconds, at most
 * 120 of them. Whoever was refused most then goes first.
 */
const FIRST_LEAD = 15;
const REPETITIONS_AT_THE_CLOCK = 1;
const ABOUT_THE_NONCE = /nonce/iu;

/**
 * Writes signed operations to the live connection, in the order of their nonces.
 *
 * Several processes may use one key. The server then refuses the nonce of whoever comes late, which says that nothing happened, so it is
 * repeated with a fresh nonce. While that goes on, this process keeps one operation in flight, which keeps its turn while it is repeated;
 * its nonces stay at the clock; and it leaves pauses between its writings, see {@link Contention}. So the processes take turns instead of
 * outbidding each other, and the few repetitions that there may be are enough for every operation.
 */
export class OperationWriter {
	#lastTurn: Promise<void> = Promise.resolve();

	readonly #contention: Contention;

	#refusedNonces = 0;

	constructor(
		private readonly signingKey: SigningKey,
		private readonly nonces: NonceSource,
		private readonly clock: Clock,
		private readonly notConnected: () => ConnectionError,
		random: () => number = Math.random,
	) {
		this.#contention = new Contention(clock, random);
	}

	/** How often a nonce was refused, so that contention can be measured. */
	get refusedNonces(): number {
		return this.#refusedNonces;
	}

	/**
	 * Writes an operation once; where its nonce is refused, up to five times more with fresh ones. Resolves with what became of it and never
	 * rejects for the network.
	 * @param live gives the connection of the moment: an operation is written to a live one or not at all
	 */
	async perform(
		request: OperationRequest,
		live: () => LiveConnection | undefined,
		options: PerformOptions,
	): Promise<OperationOutcome> {
		let turn = await this.#nextTurn();
		try {
			for (let repetition = 0; ; repetition += 1) {
				if (this.#contention.present) await this.#letOthersPass(options.signal);
				const writtenAt = this.clock.elapsed();
				const { answer } = await this.#write(request, live, options, leadOf(repetition), this.#lastTurn === turn.over);
				// The turn ends with the writing; where others compete for the nonces, with the answer.
				if (!this.#contention.present) turn.end();
				const outcome = turn.ended ? await answer : await this.#answerWithinTurn(turn, answer);
				if (outcome.kind === 'acknowledged') this.#contention.accepted();
				if (!refusedForItsNonce(outcome)) return outcome;
				this.#refusedNonces += 1;
				this.#contention.refused(writtenAt);
				if (repetition === MAXIMUM_REPETITIONS || options.signal?.aborted) return outcome;
				if (turn.ended) turn = await this.#nextTurn();
			}
		} finally {
			turn.end();
		}
	}

	/** Resolves when every earlier turn has ended. */
	async #nextTurn(): Promise<Turn> {
		const earlier = this.#lastTurn;
		const turn = new Turn();
		this.#lastTurn = turn.over;
		await earlier;
		return turn;
	}

	async #answerWithinTurn(turn: Turn, answer: Promise<OperationOutcome>): Promise<OperationOutcome> {
		const cancelDeadline = this.clock.startTimer(LONGEST_TURN, turn.end);
		try {
			return await answer;
		} finally {
			cancelDeadline();
		}
	}

	async #letOthersPass(signal: AbortSignal | undefined): Promise<void> {
		const milliseconds = this.#contention.nextPause();
		if (milliseconds > 0) await pause(this.clock, milliseconds, signal);
		const lead = this.nonces.lead(this.clock.now() - 1);
		if (lead > 0 && lead <= MAXIMUM_LEAD_TO_WAIT_FOR) await pause(this.clock, lead, signal);
	}

	/**
	 * The answer is wrapped, so that waiting for the writing does not mean waiting for the answer.
	 * @param alone nobody waits for the next turn: signing here is quicker than handing one signature to another thread and waiting for its
	 * turn there. Where many wait, they are signed beside the event loop, which then stays free for everything else.
	 */
	async #write(
		request: OperationRequest,
		live: () => LiveConnection | undefined,
		{ ackTimeout, signal, onWritten, onAcknowledged }: PerformOptions,
		lead: number,
		alone: boolean,
	): Promise<{ answer: Promise<OperationOutcome> }> {
		const notWritten = () => ({
			answer: Promise.resolve<OperationOutcome>({ kind: 'notWritten', error: this.notConnected() }),
		});
		const connection = live();
		if (!connection || signal?.aborted) return notWritten();
		const nonce = this.nonces.next(this.clock.now() + lead);
		const signedString = operationSignedString(request, this.signingKey.publicKey, nonce);
		const signed = alone ? this.signingKey.signNow(signedString) : await this.signingKey.sign(signedString);
		// Signing took a moment: the connection may be gone, or the caller.
		if (live() !== connection || signal?.aborted) return notWritten();
		const message = JSON.stringify(operationMessage(request, this.signingKey.publicKey, nonce, signed));
		const answer = connection.pending.wait(nonce, ackTimeout, signal, onAcknowledged);
		if (!connection.transport.send(request.operation, message)) {
			connection.pending.withdraw(nonce);
			return notWritten();
		}
		onWritten?.(nonce);
		return { answer };
	}
}

/** One operation's right to be the next that is written. */
class Turn {
	ended = false;

	readonly over: Promise<void>;

	#resolve = () => {};

	constructor() {
		this.over = new Promise((resolve) => {
			this.#resolve = resolve;
		});
	}

	readonly end = (): void => {
		this.ended = true;
		this.#resolve();
	};
}

function leadOf(repetition: number): number {
	return repetition <= REPETITIONS_AT_THE_CLOCK ? 0 : FIRST_LEAD * 2 ** (repetition - REPETITIONS_AT_THE_CLOCK - 1);
}

/** A refusal without a reason is taken for one: it says as clearly that nothing happened. */
function refusedForItsNonce(outcome: OperationOutcome): boolean {
	return outcome.kind === 'refused' && (outcome.reason === undefined || ABOUT_THE_NONCE.test(outcome.reason));
}
