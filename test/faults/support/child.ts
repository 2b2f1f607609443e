import type { ChildProcess, Serializable } from 'node:child_process';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');

/** A program of the tests, written in TypeScript, in a process of its own. */
export class Child<Order extends Serializable, Report> {
	readonly #process: ChildProcess;

	readonly #reports: Report[] = [];

	#exit: Promise<unknown>;

	#ended = false;

	#wake = () => {};

	constructor(program: string, argument: Serializable, nodeOptions: readonly string[] = []) {
		this.#process = fork(program, [JSON.stringify(argument)], {
			cwd: ROOT,
			execArgv: ['--import', 'tsx', '--disable-warning=ExperimentalWarning', ...nodeOptions],
		});
		this.#process.on('message', (report) => {
			this.#reports.push(report as Report);
			this.#wake();
		});
		this.#exit = once(this.#process, 'exit').then(() => {
			this.#ended = true;
			this.#wake();
		});
	}

	/** The next report that nobody asked for yet. @throws where the process ends without one */
	async next(): Promise<Report> {
		for (;;) {
			const report = this.#reports.shift();
			if (report !== undefined) return report;
			if (this.#ended) throw new Error(`The process ended (code ${String(this.#process.exitCode)}) without a report`);
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	order(order: Order): void {
		this.#process.send(order);
	}

	/** Ends the process at once, as the system would, and waits until it is gone. */
	async kill(): Promise<void> {
		if (!this.#ended) this.#process.kill('SIGKILL');
		await this.#exit;
	}
}

/** For the program itself: what it was started with. */
export function argument(): unknown {
	return JSON.parse(process.argv[2] ?? 'null');
}

/** For the program itself. Resolves when the report is on its way. */
export async function report(value: Serializable): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		process.send?.(value, undefined, undefined, (error: Error | null) => (error ? reject(error) : resolve()));
	});
}

/** For the program itself. */
export async function nextOrder(): Promise<unknown> {
	const [order] = (await once(process, 'message')) as unknown[];
	return order;
}
