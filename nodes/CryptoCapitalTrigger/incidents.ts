import type { ITriggerFunctions } from 'n8n-workflow';

import type { CryptoCapitalError, UnacceptedReason } from '../../client';
import { AuthenticationError, systemClock, VerificationError } from '../../client';
import { triggerError } from '../shared/node-error';

type Reporter = Pick<ITriggerFunctions, 'saveFailedExecution' | 'getNode' | 'logger'>;

const OUTAGE_AFTER = 5 * 60_000;
/** Unverified messages within this time belong to one incident. */
const VERIFICATION_INCIDENT = 60 * 60_000;

/**
 * What the user must hear of although the trigger stays up: an outage that lasts, a refused key, messages that fail verification. Each starts the error
 * workflow once an incident; recovery is logged.
 */
export class Incidents {
	#cancelOutageTimer: (() => void) | undefined;

	#outageReported = false;

	#refusalReported = false;

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
	}

	#report(error: unknown): void {
		const converted = triggerError(this.reporter.getNode(), error);
		this.reporter.logger.warn(converted.message, { node: this.reporter.getNode().name });
		this.reporter.saveFailedExecution(converted);
	}
}
