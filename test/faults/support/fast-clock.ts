import type { Clock } from '../../../client';
import { systemClock } from '../../../client';

/** A clock on which waits take a fraction of their time. What the machine does by itself takes as long as ever, so it must not be too fast. */
export function fastClock(speed: number): Clock {
	return {
		now: () => systemClock.now(),
		elapsed: () => systemClock.elapsed() * speed,
		startTimer: (milliseconds, callback) => systemClock.startTimer(Math.ceil(milliseconds / speed), callback),
	};
}
