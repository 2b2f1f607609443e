import type { INodeExecutionData, IRun, ITriggerFunctions } from 'n8n-workflow';
import { ExecutionCancelledError } from 'n8n-workflow';

import type { Clock } from '../../client';
import { pause } from '../../client';
import type { Cursors } from './cursors';
import type { EventQueue } from './event-queue';
import type { TriggerEvent } from './events';
import type { TriggerSettings } from './settings';

const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;
/** n8n's words when the workflow that this trigger was started for is not the published one any more. */
const NOT_PUBLISHED = /published version not found/iu;
/** A workflow that is just being published is not there for a moment; one that stays away was replaced. */
const SUPERSEDED_AFTER = 4;
/** n8n's words when a worker died over an execution. It ends it without its data, and its own retry has nothing left to run. */
const WORKER_LOST = /failed to be processed too many times/iu;
/** A workflow that makes every worker die must not be started for ever. */
const MAXIMUM_DELIVERIES = 3;
const CANCELLED = /^the execution was cancelled/iu;

/** What happened to an execution that was asked for. */
type Outcome = 'ended' | 'stillRunning' | 'notCreated' | 'superseded' | 'workerLost';

/**
 * Starts the workflow for the events of a queue, one execution at a time, in their order. An event is done when n8n says that its execution was created
 * and ended; where it could not be created, the same event is emitted again.
 */
export class Executions {
	#running = false;

	#allowed = false;

	constructor(
		private readonly node: ITriggerFunctions,
		private readonly settings: TriggerSettings,
		private readonly queue: EventQueue,
		private readonly cursors: Cursors,
		private readonly signal: AbortSignal,
		private readonly clock: Clock,
		/** The workflow was replaced: this instance must end. */
		private readonly superseded: () => void,
		/** Nothing waits any more. */
		private readonly drained: () => void,
	) {}

	/** From now on events may be emitted: n8n has put the trigger in place. */
	allow(): void {
		this.#allowed = true;
		this.start();
	}

	/** Begins with what waits, unless that is under way already. */
	start(): void {
		if (!this.#allowed || this.#running || this.queue.size === 0) return;
		this.#running = true;
		void this.#run().finally(() => {
			this.#running = false;
			if (!this.signal.aborted) this.drained();
		});
	}

	async #run(): Promise<void> {
		// What was interrupted goes first and in the same company, so that n8n recognises what it had started already.
		let next = this.queue.takeExactly(this.cursors.interrupted);
		if (next.length === 0) next = this.queue.take(this.settings.batch);
		while (next.length > 0) {
			await this.#execute(next);
			if (this.signal.aborted) return;
			this.#setDone(next);
			this.queue.finished(next);
			next = this.queue.take(this.settings.batch);
		}
	}

	async #execute(events: readonly TriggerEvent[]): Promise<void> {
		let retry = FIRST_RETRY;
		let notPublished = 0;
		let delivery = 1;
		while (!this.signal.aborted) {
			const outcome = await this.#emit(events, delivery);
			// Under a new key, because the execution that was lost has the old one.
			if (outcome === 'workerLost') delivery += 1;
			if (delivery > MAXIMUM_DELIVERIES) return;
			notPublished = outcome === 'superseded' ? notPublished + 1 : 0;
			if (notPublished === SUPERSEDED_AFTER) this.superseded();
			if (outcome === 'ended' || outcome === 'stillRunning') return;
			await pause(this.clock, retry, this.signal);
			retry = Math.min(2 * retry, LAST_RETRY);
		}
	}

	async #emit(events: readonly TriggerEvent[], delivery: number): Promise<Outcome> {
		const done = this.node.helpers.createDeferredPromise<IRun>();
		const items: INodeExecutionData[] = events.map(({ json }) => ({ json: delivery > 1 ? { ...json, redelivered: true } : json }));
		this.cursors.save(events.map(({ key }) => key), this.clock.now());
		try {
			this.node.emit([items], undefined, done, this.#deduplicationKey(events, delivery));
		} catch {
			return 'notCreated';
		}
		const ended = done.promise.then(
			(run: IRun | undefined): Outcome => {
				if (isWorkerLost(run)) return 'workerLost';
				// Also when this instance was closed meanwhile: its successor must know.
				this.#setDone(events);
				return 'ended';
			},
			(error: unknown): Outcome => {
				const message = error instanceof Error ? error.message : '';
				if (NOT_PUBLISHED.test(message)) return 'superseded';
				// Stopped by a user, a time limit or a shutdown: it was created, and is not started a second time.
				return error instanceof ExecutionCancelledError || CANCELLED.test(message) ? 'ended' : 'notCreated';
			},
		);
		return await this.#withinTimeout(ended);
	}

	#setDone(events: readonly TriggerEvent[]): void {
		for (const { transactionId, accountNumbers, syncedUntil } of events) {
			if (transactionId !== undefined) this.cursors.setDone(transactionId, accountNumbers);
			if (syncedUntil !== undefined) this.cursors.setSynced(this.settings.accountNumbers, syncedUntil);
		}
		this.cursors.setEnded(events.map(({ key }) => key));
	}

	/** An execution that hangs holds up the next event until the deadline, and no longer. */
	async #withinTimeout(ended: Promise<Outcome>): Promise<Outcome> {
		return await new Promise<Outcome>((resolve, reject) => {
			const stopWaiting = () => {
				cancelDeadline();
				this.signal.removeEventListener('abort', stop);
			};
			const stop = () => {
				stopWaiting();
				resolve('stillRunning');
			};
			const { executionTimeout } = this.settings;
			const cancelDeadline = executionTimeout > 0 ? this.clock.startTimer(executionTimeout, stop) : () => {};
			this.signal.addEventListener('abort', stop, { once: true });
			ended.then(resolve, reject).finally(stopWaiting);
		});
	}

	/** Unique in n8n's whole database, at most 255 characters, and the same whenever these events are emitted. */
	#deduplicationKey(events: readonly TriggerEvent[], delivery: number): string {
		const first = events[0]?.key ?? '';
		const last = events.at(-1)?.key ?? '';
		const range = events.length === 1 ? first : `${first}-${last}-${events.length}`;
		return `cryptoCapital:${this.node.getWorkflow().id}:${this.node.getNode().id}:${range}${delivery > 1 ? `:${delivery}` : ''}`;
	}
}

/** A run that n8n ended because its worker is gone, and of which nothing is left: nobody can tell how far it came. */
function isWorkerLost(run: IRun | undefined): boolean {
	const result = run?.data.resultData;
	return result?.error !== undefined && Object.keys(result.runData).length === 0 && WORKER_LOST.test(result.error.message);
}
