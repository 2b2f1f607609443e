import type { ITriggerFunctions } from 'n8n-workflow';

import type { CryptoCapitalError, UnacceptedReason } from '../../client';
import { AuthenticationError, systemClock, VerificationError } from '../../client';
import { triggerError } from '../shared/node-error';

type Reporter = Pick<ITriggerFunctions, 'saveFailedExecution' | 'getNode' | 'logger'>;

const OUTAGE_AFTER = 5 * 60_000;
/** Unverified messages within this time belong to one incident. */
const VERIFICATION_INCIDENT = 60 * 60_000;

/**
 * What the user must hear of although the trigger stays up: an outage that lasts, a refused key, statements that cannot be read, messages that fail verification. Each starts the error
 * workflow once an incident; recovery is logged.
 */
export class Incidents {
	#cancelOutageTimer: (() => void) | undefined;

	#outageReported = false;

	#refusalReported = false;

	/** The statements of an account cannot be read, though the connection stands. */
	#unreadable: { error: unknown; isReported: boolean; cancelTimer: () => void } | undefined;

	#misconfigurationReported = false;

	#lastUnverified: number | undefined;

	#unverified = 0;

	constructor(
		private readonly reporter: Reporter,
		private readonly clock = systemClock,
	) {}

	disconnected(error: CryptoCapitalError): void {
		if (error instanceof AuthenticationError && !this.#refusalReported) {
			this.#refusalReported = true;
			this.#report(error);
		}
		this.#cancelOutageTimer ??= this.clock.startTimer(OUTAGE_AFTER, () => {
			this.#outageReported = true;
			this.#report(error);
		});
	}

	ready(): void {
		this.#cancelOutageTimer?.();
		this.#cancelOutageTimer = undefined;
		if (this.#outageReported || this.#refusalReported) {
			this.reporter.logger.info('The Crypto Capital Trigger is connected again', { node: this.reporter.getNode().name });
		}
		this.#outageReported = false;
		this.#refusalReported = false;
		this.#misconfigurationReported = false;
	}

	/** The statements could not be read over a connection that stands: live transfers start the workflow, and nobody knows what was missed. */
	notCaughtUp(error: unknown): void {
		if (this.#unreadable) {
			this.#unreadable.error = error;
			return;
		}
		const incident = { error, isReported: false, cancelTimer: () => {} };
		this.#unreadable = incident;
		incident.cancelTimer = this.clock.startTimer(OUTAGE_AFTER, () => {
			incident.isReported = true;
			this.#report(incident.error);
		});
	}

	caughtUp(): void {
		this.#unreadable?.cancelTimer();
		if (this.#unreadable?.isReported) {
			this.reporter.logger.info('The Crypto Capital Trigger has caught up again', { node: this.reporter.getNode().name });
		}
		this.#unreadable = undefined;
	}

	/** Messages that were not accepted started nothing; that they came at all is worth knowing. */
	unverified(reason: UnacceptedReason): void {
		this.#unverified += 1;
		const now = this.clock.elapsed();
		const sameIncident = this.#lastUnverified !== undefined && now - this.#lastUnverified < VERIFICATION_INCIDENT;
		this.#lastUnverified = now;
		if (sameIncident) return;
		this.#report(
			new VerificationError('A message did not pass verification, and started no workflow', {
				reason,
				count: String(this.#unverified),
			}),
		);
	}

	/** A configuration that cannot work any more, such as a credential that was edited badly. */
	misconfigured(error: unknown): void {
		if (this.#misconfigurationReported) return;
		this.#misconfigurationReported = true;
		this.#report(error);
	}

	close(): void {
		this.#cancelOutageTimer?.();
		this.#cancelOutageTimer = undefined;
		this.#unreadable?.cancelTimer();
		this.#unreadable = undefined;
	}

	#report(error: unknown): void {
		const converted = triggerError(this.reporter.getNode(), error);
		this.reporter.logger.warn(converted.message, { node: this.reporter.getNode().name });
		this.reporter.saveFailedExecution(converted);
	}
}
