import type { EventEmitter } from 'node:events';

/**
 * The next event of this name that passes. Once it has come, or has not come in time, nothing listens any more.
 * @throws where it does not come within `timeout` milliseconds
 */
export async function nextEvent<Happened>(
	emitter: EventEmitter,
	event: string,
	passes: (happened: Happened) => boolean,
	timeout: number,
): Promise<Happened> {
	return await new Promise((resolve, reject) => {
		const listener = (happened: Happened) => {
			if (!passes(happened)) return;
			clearTimeout(timer);
			emitter.off(event, listener);
			resolve(happened);
		};
		const timer = setTimeout(() => {
			emitter.off(event, listener);
			reject(new Error(`No ${event} within ${timeout} ms`));
		}, timeout);
		emitter.on(event, listener);
	});
}
