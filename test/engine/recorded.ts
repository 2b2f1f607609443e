/** Things that happened, in order: all of them so far, and the next one that nobody has waited for yet. */
export class Recorded<T> {
	private readonly items: T[] = [];
	private readonly unclaimed: T[] = [];
	private readonly waiters: Array<(item: T) => void> = [];

	get all(): readonly T[] {
		return this.items;
	}

	add(item: T): void {
		this.items.push(item);
		const waiter = this.waiters.shift();
		if (waiter === undefined) this.unclaimed.push(item);
		else waiter(item);
	}

	/** Each call takes one, in order, and waits for it where it has not happened yet. Without a signal it waits for ever. */
	async next({ signal }: { signal?: AbortSignal } = {}): Promise<T> {
		signal?.throwIfAborted();
		if (this.unclaimed.length > 0) return this.unclaimed.shift() as T;
		return await new Promise<T>((resolve, reject) => {
			const arrived = (item: T) => {
				signal?.removeEventListener('abort', aborted);
				resolve(item);
			};
			const aborted = () => {
				this.waiters.splice(this.waiters.indexOf(arrived), 1);
				reject(signal?.reason as Error);
			};
			this.waiters.push(arrived);
			signal?.addEventListener('abort', aborted, { once: true });
		});
	}

	/** One after the other as they happen, for ever. */
	async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
		for (;;) yield await this.next();
	}
}
