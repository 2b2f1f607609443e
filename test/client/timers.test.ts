import { getEventListeners } from 'node:events';
import { delay, startTimer } from '../../client/timers';

describe('startTimer', () => {
	it('calls back once, without arguments', async () => {
		const callback = jest.fn();
		await new Promise<void>((resolve) => {
			startTimer(1, () => {
				callback();
				resolve();
			});
		});
		await delay(5);
		expect(callback.mock.calls).toEqual([[]]);
	});

	it('calls back each in its time, whichever was started first', async () => {
		const fired: number[] = [];
		const cancelled = startTimer(15, () => fired.push(0));
		await Promise.all(
			[40, 5, 60_000, 20, 5, 0].map(async (milliseconds) => {
				const waited = new Promise<void>((resolve) => {
					const cancel = startTimer(milliseconds, () => {
						fired.push(milliseconds);
						cancelled();
						resolve();
					});
					if (milliseconds === 60_000) {
						cancel();
						resolve();
					}
				});
				await waited;
			}),
		);
		expect(fired).toEqual([0, 5, 5, 20, 40]);
	});

	it('starts again from within a callback', async () => {
		await new Promise<void>((resolve) => {
			startTimer(1, () => {
				startTimer(1, () => startTimer(0, resolve));
			});
		});
	});

	it('hands nothing to its callback', async () => {
		const values = await new Promise<unknown[]>((resolve) => {
			startTimer(0, (...received: unknown[]) => resolve(received));
		});
		expect(values).toEqual([]);
	});

	it('does not call back once it is cancelled, and may be cancelled twice', async () => {
		const callback = jest.fn();
		const cancel = startTimer(1, callback);
		cancel();
		cancel();
		await delay(20);
		expect(callback).not.toHaveBeenCalled();
	});

	it.each([Number.POSITIVE_INFINITY, 2 ** 40, 2 ** 31])('does not fire at once for %d milliseconds', async (milliseconds) => {
		const callback = jest.fn();
		const cancel = startTimer(milliseconds, callback);
		await delay(20);
		cancel();
		expect(callback).not.toHaveBeenCalled();
	});

	it.each([-1, Number.NaN, 0, 0.4])('fires at the next opportunity for %d milliseconds', async (milliseconds) => {
		await new Promise<void>((resolve) => {
			startTimer(milliseconds, resolve);
		});
	});
});

describe('delay', () => {
	it('rejects with the reason of the signal and leaves no listener on it', async () => {
		const controller = new AbortController();
		const reason = new Error('no longer needed');
		const waiting = delay(60_000, controller.signal);
		expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
		controller.abort(reason);
		await expect(waiting).rejects.toBe(reason);
		expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
	});

	it('rejects at once where the signal was aborted before', async () => {
		await expect(delay(60_000, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
	});

	it('leaves no listener on the signal once the time has passed', async () => {
		const { signal } = new AbortController();
		await delay(1, signal);
		expect(getEventListeners(signal, 'abort')).toEqual([]);
	});
});
