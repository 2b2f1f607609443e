import type { Clock } from '../clock';
import { pause } from '../clock';
import type { ConnectionError } from '../errors';
import type { OperationRequest, SigningKey } from '../protocol';
import { operationMessage, operationSignedString } from '../protocol';
import type { TransportConnection } from '../transport/transport';
import type { NonceSource } from './nonces';
import type { PendingOperations, WrittenOutcome } from './pending-operations';

export type OperationOutcome = WrittenOutcome | { readonly kind: 'notWritten'; readonly error: ConnectionError };

export interface PerformOptions {
	/** Milliseconds to wait for `ack` or `err`, counted from the writing of each attempt. */
	ackTimeout: number;
	signal?: AbortSignal | undefined;
	/** Called in the same turn in which the operation goes to the connection; again for each repetition, with its own nonce. */
	onWritten?: ((nonce: number) => void) | undefined;
}

/** A live connection and what waits on it. */
export interface LiveConnection {
	readonly transport: TransportConnection;
	readonly pending: PendingOperations;
}

const MAXIMUM_REPETITIONS = 5;
/** The first repetition waits up to this long, each further one up to twice as long as the one before. */
const FIRST_JITTER = 40;
/** For this long after a refused nonce the key counts as shared with another process. */
const CONTENTION_MEMORY = 30_000;
/** Nonces this far ahead of the clock come from a clock that was set back: waiting for it to catch up would be no help. */
const MAXIMUM_LEAD_TO_WAIT_FOR = 1_000;
const ABOUT_THE_NONCE = /nonce/iu;

/**
 * Writes signed operations to the live connection, in the order of their nonces.
 *
 * Several processes may use one key. The server then refuses the nonce of whoever comes late, which says that nothing happened, so it is
 * repeated with a fresh nonce. While that goes on, this process keeps one operation in flight and its nonces at the clock,
 * so that the processes take turns instead of outbidding each other.
 */
export class OperationWriter {
	#turn: Promise<void> = Promise.resolve();

	#contendedUntil = 0;

	#refusedNonces = 0;

	constructor(
		private readonly signingKey: SigningKey,
		private readonly nonces: NonceSource,
		private readonly clock: Clock,
		private readonly notConnected: () => ConnectionError,
		private readonly random: () => number = Math.random,
	) {}

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
		for (let repetition = 0; ; repetition += 1) {
			const outcome = await this.#attempt(request, live, options);
			const nonceRefused =
				outcome.kind === 'refused' && (outcome.reason === undefined || ABOUT_THE_NONCE.test(outcome.reason));
			if (!nonceRefused) return outcome;
			this.#refusedNonces += 1;
			this.#contendedUntil = this.clock.elapsed() + CONTENTION_MEMORY;
			if (repetition === MAXIMUM_REPETITIONS || options.signal?.aborted) return outcome;
			await pause(this.clock, this.random() * FIRST_JITTER * 2 ** repetition, options.signal);
		}
	}

	async #attempt(
		request: OperationRequest,
		live: () => LiveConnection | undefined,
		options: PerformOptions,
	): Promise<OperationOutcome> {
		const turn = this.#turn;
		let endTurn = () => {};
		this.#turn = new Promise((resolve) => {
			endTurn = resolve;
		});
		await turn;
		try {
			const { answer } = await this.#write(request, live, options);
			// The turn ends with the writing; where others compete for the nonces, with the answer.
			if (!this.#isContended()) endTurn();
			return await answer;
		} finally {
			endTurn();
		}
	}

	#isContended(): boolean {
		return this.clock.elapsed() < this.#contendedUntil;
	}

	/** The answer is wrapped, so that waiting for the writing does not mean waiting for the answer. */
	async #write(
		request: OperationRequest,
		live: () => LiveConnection | undefined,
		{ ackTimeout, signal, onWritten }: PerformOptions,
	): Promise<{ answer: Promise<OperationOutcome> }> {
		const notWritten = () => ({
			answer: Promise.resolve<OperationOutcome>({ kind: 'notWritten', error: this.notConnected() }),
		});
		if (this.#isContended()) {
			const lead = this.nonces.lead(this.clock.now() - 1);
			if (lead > 0 && lead <= MAXIMUM_LEAD_TO_WAIT_FOR) await pause(this.clock, lead, signal);
		}
		const connection = live();
		if (!connection || signal?.aborted) return notWritten();
		const nonce = this.nonces.next(this.clock.now());
		const signed = await this.signingKey.sign(operationSignedString(request, this.signingKey.publicKey, nonce));
		// Signing took a moment: the connection may be gone, or the caller.
		if (live() !== connection || signal?.aborted) return notWritten();
		const message = JSON.stringify(operationMessage(request, this.signingKey.publicKey, nonce, signed));
		const answer = connection.pending.wait(nonce, ackTimeout, signal);
		if (!connection.transport.send(request.operation, message)) {
			connection.pending.withdraw(nonce);
			return notWritten();
		}
		onWritten?.(nonce);
		return { answer };
	}
}
