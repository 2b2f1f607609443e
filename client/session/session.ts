import type { Clock } from '../clock';
import { pause, withDeadline } from '../clock';
import type { CryptoCapitalError } from '../errors';
import { AuthenticationError, CancelledError, ConnectionError } from '../errors';
import { KeyedQueue } from '../keyed-queue';
import { Listeners } from '../listeners';
import type { MessageProblem, OperationRequest, VerifiedMessage } from '../protocol';
import { isServerMessageType, readAcknowledgement, verifyServerMessage } from '../protocol';
import type { ConnectionSettings } from '../settings';
import { serverName } from '../settings';
import { connect } from '../transport/connect';
import type { TransportConnection, TransportHandlers, TransportProtocol } from '../transport/transport';
import type { BackoffLimits } from './backoff';
import { Backoff } from './backoff';
import { nonceSource } from './nonces';
import type { LiveConnection, OperationOutcome, PerformOptions } from './operation-writer';
import { OperationWriter } from './operation-writer';
import { OrderedVerification } from './ordered-verification';
import { PendingOperations } from './pending-operations';
import { SilenceProbe } from './silence-probe';

export type SessionState = 'idle' | 'connecting' | 'ready' | 'waiting' | 'closed';

/** Why something that arrived was not accepted. */
export type UnacceptedReason = MessageProblem | 'malformed' | 'oversized';

/** All in milliseconds. */
export interface SessionOptions {
	clock: Clock;
	backoff: BackoffLimits;
	connectTimeout: number;
	authenticationTimeout: number;
	/** On WebSocket, which has no heartbeat of its own here: how long nothing may come before the connection is probed. */
	silence: number;
	probeTimeout: number;
}

/** Received and not yet verified: more than this, and the connection is given up rather than the memory. In UTF-16 units. */
const MAXIMUM_BACKLOG = 64 * 1_024 * 1_024;

/**
 * One authenticated connection of one key to one server, kept up for as long as the session lives: it reconnects and authenticates for ever,
 * with jittered backoff. Operations are written to a live connection or not at all; nothing is kept for a later one.
 */
export class Session {
	/** Authenticated, for the first time or again. The value counts the connections. */
	readonly onReady = new Listeners<number>();

	/** An attempt to connect failed, or the connection was lost. The session goes on by itself. */
	readonly onDisconnected = new Listeners<CryptoCapitalError>();

	/** Verified messages, in the order of arrival. Whether they are new is for the listener to know. */
	readonly onMessage = new Listeners<VerifiedMessage>();

	/** Something arrived that was not accepted. */
	readonly onUnaccepted = new Listeners<UnacceptedReason>();

	/** For operations whose answers nothing ties to the request: one at a time for each account. */
	readonly queue = new KeyedQueue();

	readonly publicKey: string;

	readonly server: string;

	readonly writer: OperationWriter;

	readonly #verification: OrderedVerification;

	readonly #backoff: Backoff;

	readonly #closing = new AbortController();

	#state: SessionState = 'idle';

	#live: LiveConnection | undefined;

	#connections = 0;

	#preferredProtocol: TransportProtocol | undefined;

	#wake = () => {};

	/** Ends the present connection's turn: a transport that we close ourselves does not report its end. */
	#endConnection = () => {};

	constructor(
		private readonly settings: ConnectionSettings,
		private readonly options: SessionOptions,
	) {
		this.publicKey = settings.signingKey.publicKey;
		this.server = serverName(settings.url);
		this.#backoff = new Backoff(options.backoff);
		this.writer = new OperationWriter(
			settings.signingKey,
			nonceSource(this.publicKey),
			options.clock,
			() => new ConnectionError('lost', this.server),
		);
		const trust = { serverKey: settings.serverKey, recipient: this.publicKey };
		this.#verification = new OrderedVerification(
			async (type, payload, atOnce) =>
				isServerMessageType(type)
					? await verifyServerMessage(type, payload, trust, undefined, atOnce)
					: { ok: false, problem: 'notAMessage' },
			(result) => {
				if (result.ok) this.onMessage.emit(result.value);
				else this.onUnaccepted.emit(result.problem);
			},
			options.clock,
		);
	}

	get state(): SessionState {
		return this.#state;
	}

	get clock(): Clock {
		return this.options.clock;
	}

	/** Counts the connections that were authenticated so far. */
	get connections(): number {
		return this.#connections;
	}

	/** How many messages were received, delivered to the listeners, and are still being verified. */
	get messageCounts(): Pick<OrderedVerification, 'received' | 'delivered' | 'size'> {
		return this.#verification;
	}

	/** Begins to connect, once. Returns at once. */
	start(): void {
		if (this.#state === 'idle') void this.#keepConnected();
	}

	/**
	 * Resolves as soon as operations can be written. Where no connection was up yet, the first failed attempt decides; after an
	 * interruption, attempts are made until `timeout`.
	 * @throws ConnectionError, AuthenticationError, or CancelledError where the signal was aborted
	 */
	async ready(timeout: number, signal?: AbortSignal): Promise<void> {
		this.start();
		if (this.#state === 'ready') return;
		let lastError: CryptoCapitalError = new ConnectionError('timeout', this.server);
		await withDeadline(this.clock, timeout, signal, async (deadline) => {
			await new Promise<void>((resolve, reject) => {
				const stop = (settle: () => void) => {
					removeReady();
					removeDisconnected();
					deadline.removeEventListener('abort', expire);
					settle();
				};
				const expire = () => {
					stop(() => reject(signal?.aborted ? new CancelledError('The operation') : lastError));
				};
				const removeReady = this.onReady.add(() => stop(resolve));
				const removeDisconnected = this.onDisconnected.add((error) => {
					lastError = error;
					const mayPass = this.#connections > 0 && error instanceof ConnectionError && this.#state !== 'closed';
					if (!mayPass) stop(() => reject(error));
				});
				deadline.addEventListener('abort', expire, { once: true });
				if (deadline.aborted) expire();
				else if (this.#state === 'closed') stop(() => reject(new ConnectionError('lost', this.server)));
				else this.#wake();
			});
		});
	}

	/** Writes an operation to the live connection. See {@link OperationWriter.perform}. */
	async perform(request: OperationRequest, options: PerformOptions): Promise<OperationOutcome> {
		return await this.writer.perform(request, () => (this.#state === 'ready' ? this.#live : undefined), options);
	}

	/** Ends the session for good, at once. Whatever waits on it hears that the connection was lost. */
	close(): void {
		if (this.#state === 'closed') return;
		this.#state = 'closed';
		this.#closing.abort();
		this.#live?.transport.close();
		this.#live?.pending.connectionLost();
		this.#live = undefined;
		this.#endConnection();
		this.#wake();
		this.onDisconnected.emit(new ConnectionError('lost', this.server));
	}

	async #keepConnected(): Promise<void> {
		while (!this.#isClosed()) {
			this.#state = 'connecting';
			const error = await this.#connection();
			if (this.#isClosed()) return;
			this.#state = 'waiting';
			const wakeUp = new AbortController();
			this.#wake = () => wakeUp.abort();
			this.onDisconnected.emit(error);
			await pause(this.clock, this.#backoff.next(), wakeUp.signal);
			this.#wake = () => {};
		}
	}

	#isClosed(): boolean {
		return this.#state === 'closed';
	}

	/** One connection from its first to its last moment. Resolves with the reason of its end. */
	async #connection(): Promise<CryptoCapitalError> {
		const { promise: lost, resolve: connectionLost } = Promise.withResolvers<void>();
		this.#endConnection = connectionLost;
		const pending = new PendingOperations(this.clock);
		const probe = new SilenceProbe(this.clock, this.options.silence);
		const handlers: TransportHandlers = {
			onMessage: (type, payload) => {
				probe.heard();
				this.#receive(type, payload, pending, connectionLost);
			},
			onUnreadable: (reason) => {
				probe.heard();
				this.onUnaccepted.emit(reason);
			},
			onClose: connectionLost,
		};
		let transport: TransportConnection | undefined;
		try {
			transport = await this.#connect(handlers);
			const live: LiveConnection = { transport, pending };
			this.#live = live;
			void lost.then(() => pending.connectionLost());
			const error = await this.#authenticate(live);
			if (error) return error;
			if (this.#isClosed()) return new ConnectionError('lost', this.server);
			this.#state = 'ready';
			this.#connections += 1;
			this.#backoff.reset();
			if (transport.protocol === 'webSocket') this.#probeSilence(probe, live, connectionLost);
			this.onReady.emit(this.#connections);
			await lost;
			return new ConnectionError('lost', this.server);
		} catch (error) {
			return error instanceof ConnectionError ? error : new ConnectionError('lost', this.server);
		} finally {
			probe.stop();
			transport?.close();
			pending.connectionLost();
			connectionLost();
			this.#live = undefined;
		}
	}

	async #connect(handlers: TransportHandlers): Promise<TransportConnection> {
		const { url, kind } = this.settings;
		const transport = await withDeadline(
			this.clock,
			this.options.connectTimeout,
			this.#closing.signal,
			async (signal) => {
				const preferred = this.#preferredProtocol;
				return await connect({ url, kind, handlers, signal, ...(preferred ? { preferredProtocol: preferred } : {}) });
			},
		);
		this.#preferredProtocol = transport.protocol;
		return transport;
	}

	async #authenticate(live: LiveConnection): Promise<CryptoCapitalError | undefined> {
		const outcome = await this.writer.perform({ operation: 'auth' }, () => (this.#live === live ? live : undefined), {
			ackTimeout: this.options.authenticationTimeout,
			signal: this.#closing.signal,
		});
		if (outcome.kind === 'acknowledged') return undefined;
		if (outcome.kind === 'refused') return new AuthenticationError(this.publicKey, outcome.reason);
		if (outcome.kind === 'notWritten') return outcome.error;
		return new ConnectionError(outcome.because === 'timeout' ? 'timeout' : 'lost', this.server);
	}

	#probeSilence(probe: SilenceProbe, live: LiveConnection, connectionLost: () => void): void {
		probe.start(() => {
			void this.writer
				.perform({ operation: 'auth' }, () => (this.#live === live ? live : undefined), {
					ackTimeout: this.options.probeTimeout,
					signal: this.#closing.signal,
				})
				.then((outcome) => {
					if (outcome.kind === 'noAnswer' && outcome.because === 'timeout') connectionLost();
				});
		});
	}

	#receive(type: string, payload: unknown, pending: PendingOperations, giveUp: () => void): void {
		if (type === 'ack' || type === 'err') {
			const acknowledgement = readAcknowledgement(type, payload);
			if (acknowledgement) pending.answer(acknowledgement);
			else this.onUnaccepted.emit('notAMessage');
		} else if (isServerMessageType(type)) {
			this.#verification.push(type, payload);
			// What is given up was not acted on, so the next connection's catching up brings it again.
			if (this.#verification.textLength > MAXIMUM_BACKLOG) giveUp();
		}
	}
}
