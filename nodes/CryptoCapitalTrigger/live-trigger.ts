import type { ITriggerFunctions } from 'n8n-workflow';

import type { Clock, ConnectionPool, Lease, TransferMessage, VerifiedMessage } from '../../client';
import { BoundedSet, pause, readSettings, sharedConnections, systemClock } from '../../client';
import { clientSettings, CREDENTIAL_NAME } from '../shared/credential';
import { catchUp, inTransactionOrder, untilCaughtUp } from './catch-up';
import { Cursors } from './cursors';
import { EventQueue } from './event-queue';
import type { TriggerEvent } from './events';
import { eventOf, ownAccountsOf } from './events';
import { Executions } from './executions';
import { Incidents } from './incidents';
import type { Instance } from './instances';
import { becomeOnlyInstance, leave } from './instances';
import type { TriggerSettings } from './settings';

/** Signed strings that were acted on; more than can be under way between two messages with one transaction id. */
const REMEMBERED_DIGESTS = 10_000;
/** How long after something unacceptable the statements are read again, once however much of it comes. */
const CATCH_UP_AFTER_DAMAGE = 10_000;
/** An account without transfers needs a quiet period; a server that does not answer shall not hold up n8n longer than this. */
const LONGEST_START = 1_000;

/** What a trigger stands on. Passed in, so that tests can let time go by. */
export interface Surroundings {
	readonly clock: Clock;
	readonly connections: ConnectionPool;
}

/**
 * The trigger of an active workflow: holds a connection, catches up whenever it is made anew, and feeds what is new to the
 * executions. Everything it needs to continue after a crash is in the static data.
 */
export class LiveTrigger implements Instance {
	readonly #identity: string;

	readonly #closing = new AbortController();

	readonly #queue = new EventQueue();

	readonly #cursors: Cursors;

	readonly #executions: Executions;

	readonly #incidents: Incidents;

	readonly #digests = new BoundedSet<string>(REMEMBERED_DIGESTS);

	readonly #startedAt: number;

	#lease: Lease | undefined;

	#stopListening: Array<() => void> = [];

	/** Live messages that arrived while the statements are still being read: they are merged with those, in order. */
	#held: TransferMessage[] | undefined;

	#stopCatchingUp = new AbortController();

	/** On this connection the statements were read, and every later transfer is announced. */
	#caughtUp = false;

	#cancelCatchUpSoon: (() => void) | undefined;

	/** Aborted when it is known how the first reading of the statements went. */
	readonly #begun = new AbortController();

	/** The server could not be reached, or was lost, since this trigger began. */
	#wasInterrupted = false;

	constructor(
		private readonly node: ITriggerFunctions,
		private readonly settings: TriggerSettings,
		private readonly surroundings: Surroundings = { clock: systemClock, connections: sharedConnections },
	) {
		const { clock } = surroundings;
		this.#startedAt = clock.now();
		this.#identity = `${node.getWorkflow().id} ${node.getNode().id}`;
		this.#cursors = Cursors.of(this.#identity, node.getWorkflowStaticData('node'), this.#startedAt);
		this.#incidents = new Incidents(node, clock);
		this.#executions = new Executions(
			node,
			settings,
			this.#queue,
			this.#cursors,
			this.#closing.signal,
			clock,
			() => this.close(),
			() => {
				if (this.#queue.overflowed) this.#catchUp();
			},
		);
	}

	/**
	 * Begins. Where a line between history and news has to be drawn first, it waits a little for that: n8n saves the static data when a trigger has
	 * been started, and then not before its first event. It never waits for a server that is not there.
	 * @throws ValidationError where the credential can never work
	 */
	async start(): Promise<void> {
		const settings = readSettings(clientSettings(await this.node.getCredentials(CREDENTIAL_NAME)));
		becomeOnlyInstance(this.#identity, this);
		this.#use(this.surroundings.connections.acquire(settings));
		if (!this.#knowsAllAccounts()) await pause(this.surroundings.clock, LONGEST_START, this.#begun.signal);
		this.#cursors.saveAccounts();
		// In a turn of its own: until trigger() has returned, n8n has no place for an event.
		this.surroundings.clock.startTimer(0, () => {
			if (!this.#closing.signal.aborted) this.#executions.allow();
		});
	}

	/** Quick, idempotent, and never throws. An execution that is under way goes on. */
	close(): void {
		if (this.#closing.signal.aborted) return;
		this.#closing.abort();
		this.#begun.abort();
		this.#stopUsing();
		this.#incidents.close();
		this.#queue.clear();
		leave(this.#identity, this);
	}

	#use(lease: Lease): void {
		this.#lease = lease;
		const { session } = lease;
		this.#held = [];
		this.#stopListening = [
			session.onReady.add(() => {
				this.#incidents.ready();
				this.#catchUp();
			}),
			session.onDisconnected.add((error) => {
				this.#stopCatchingUp.abort();
				this.#begun.abort();
				this.#wasInterrupted = true;
				this.#caughtUp = false;
				this.#release([]);
				this.#held = [];
				this.#incidents.disconnected(error);
				void this.#followCredential();
			}),
			session.onMessage.add((message) => this.#take(message)),
			session.onUnaccepted.add((reason) => {
				this.#incidents.unverified(reason);
				this.#catchUpSoon();
			}),
		];
		if (session.state === 'ready') this.#catchUp();
	}

	#stopUsing(): void {
		this.#stopCatchingUp.abort();
		this.#cancelCatchUpSoon?.();
		this.#cancelCatchUpSoon = undefined;
		for (const stop of this.#stopListening) stop();
		this.#stopListening = [];
		this.#lease?.release();
		this.#lease = undefined;
	}

	/** n8n does not restart a trigger when its credential is edited, so it is read again whenever a connection ended. */
	async #followCredential(): Promise<void> {
		try {
			const settings = readSettings(clientSettings(await this.node.getCredentials(CREDENTIAL_NAME)));
			if (this.#closing.signal.aborted || !this.#lease) return;
			const lease = this.surroundings.connections.acquire(settings);
			if (lease.session === this.#lease.session) {
				lease.release();
				return;
			}
			this.#stopUsing();
			this.#use(lease);
		} catch (error) {
			// The connection in use goes on with the credential as it was.
			if (!this.#closing.signal.aborted) this.#incidents.misconfigured(error);
		}
	}

	#take(verified: VerifiedMessage): void {
		if (this.#closing.signal.aborted || !this.#digests.add(verified.digest)) return;
		const { message } = verified;
		if (message.type === 'transfer') {
			if (this.#held) this.#held.push(message);
			else this.#accept([message], this.#caughtUp && !this.#queue.overflowed ? Number(message.nonce) : undefined);
		} else if (message.type === 'error') {
			const event = eventOf(message, this.settings);
			if (event) this.#enqueue([event]);
		}
	}

	/** Queues what is new among verified transfers, and remembers what starts nothing. */
	#accept(messages: readonly TransferMessage[], syncedUntil?: number): void {
		const events: TriggerEvent[] = [];
		for (const message of messages) {
			const { id } = message.params;
			const accountNumbers = ownAccountsOf(message, this.settings.accountNumbers);
			if (accountNumbers.length === 0 || !this.#cursors.isNew(id, accountNumbers)) continue;
			const event = eventOf(message, this.settings);
			if (event) events.push(event);
			else this.#cursors.setDone(id, accountNumbers);
		}
		const last = events.pop();
		if (last) events.push(syncedUntil === undefined ? last : { ...last, syncedUntil });
		this.#enqueue(events);
	}

	#enqueue(events: readonly TriggerEvent[]): void {
		this.#queue.add(events);
		this.#executions.start();
	}

	/** Ends the holding back of live messages: they join what the statements brought. */
	#release(missed: readonly TransferMessage[]): void {
		const all = [...missed, ...(this.#held ?? [])];
		this.#held = undefined;
		if (!this.#knowsAllAccounts()) return;
		const signedAt = missed.map(({ nonce }) => Number(nonce));
		this.#accept(inTransactionOrder(all), signedAt.length > 0 ? Math.min(...signedAt) : undefined);
	}

	#knowsAllAccounts(): boolean {
		return this.settings.accountNumbers.every((accountNumber) => this.#cursors.knows(accountNumber));
	}

	/** What was not accepted may have been a genuine message that was damaged on its way: the statements have it. */
	#catchUpSoon(): void {
		if (this.#cancelCatchUpSoon || !this.settings.catchUp) return;
		this.#cancelCatchUpSoon = this.surroundings.clock.startTimer(CATCH_UP_AFTER_DAMAGE, () => {
			this.#cancelCatchUpSoon = undefined;
			if (this.#lease?.session.state === 'ready' && this.#caughtUp) this.#catchUp();
		});
	}

	#catchUp(): void {
		const session = this.#lease?.session;
		if (!session || this.#closing.signal.aborted) return;
		this.#stopCatchingUp.abort();
		this.#stopCatchingUp = new AbortController();
		const { signal } = this.#stopCatchingUp;
		this.#caughtUp = false;
		this.#held ??= [];
		this.#queue.reopen();
		void untilCaughtUp(
			session,
			signal,
			async () => {
				const arrived = () => this.#held ?? [];
				const activatedNow = this.#cursors.activatedAt >= this.#startedAt && !this.#wasInterrupted;
				const missed = await catchUp(session, this.#cursors, this.settings, activatedNow, arrived, signal);
				if (signal.aborted) return;
				this.#caughtUp = true;
				this.#incidents.caughtUp();
				this.#release(missed);
				this.#begun.abort();
			},
			// What arrives live need not wait for a statement that does not come.
			(error) => {
				if (signal.aborted) return;
				this.#incidents.notCaughtUp(error);
				this.#begun.abort();
				this.#release([]);
				if (!this.#knowsAllAccounts()) this.#held = [];
			},
		);
	}
}
