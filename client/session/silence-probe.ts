import type { Clock } from '../clock';

/**
 * Calls for a probe whenever nothing was heard for a while. One timer at a time: what is heard only moves a mark, and the timer looks at
 * the mark when it fires.
 */
export class SilenceProbe {
	#lastHeard: number;

	#cancelTimer = () => {};

	constructor(
		private readonly clock: Clock,
		private readonly silence: number,
	) {
		this.#lastHeard = clock.elapsed();
	}

	heard(): void {
		this.#lastHeard = this.clock.elapsed();
	}

	start(probe: () => void): void {
		this.heard();
		this.#schedule(this.silence, probe);
	}

	stop(): void {
		this.#cancelTimer();
	}

	#schedule(milliseconds: number, probe: () => void): void {
		this.#cancelTimer = this.clock.startTimer(milliseconds, () => {
			const silent = this.clock.elapsed() - this.#lastHeard;
			if (silent >= this.silence) {
				this.#schedule(this.silence, probe);
				probe();
			} else {
				this.#schedule(this.silence - silent, probe);
			}
		});
	}
}
