import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** What of a program's output is kept for the report of its failure. */
const REMEMBERED_OUTPUT = 200_000;
const TIME_TO_STOP = 15_000;

export interface ChildSettings {
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** Told of everything that the program writes, as it does. */
	onOutput?: (text: string) => void;
}

/**
 * A program, together with everything that it starts itself: they are one process group, and end as one. Where the system can do it, the program also
 * ends when this process is killed.
 */
export class Child {
	readonly #process: ChildProcess;

	readonly #exited: Promise<void>;

	#output = '';

	constructor(
		readonly name: string,
		command: string,
		args: readonly string[],
		{ cwd, env = process.env, onOutput }: ChildSettings = {},
	) {
		const [program, ...rest] = [...dyingWithParent(), command, ...args];
		this.#process = spawn(program ?? command, rest, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const stream of [this.#process.stdout, this.#process.stderr]) {
			stream?.setEncoding('utf8');
			stream?.on('data', (text: string) => {
				this.#output = (this.#output + text).slice(-REMEMBERED_OUTPUT);
				onOutput?.(text);
			});
		}
		this.#exited = once(this.#process, 'close').then(
			() => undefined,
			(error: unknown) => {
				this.#output += String(error);
			},
		);
	}

	/** Everything that it wrote, or the end of it. */
	get output(): string {
		return this.#output;
	}

	get pid(): number | undefined {
		return this.#process.pid;
	}

	get hasExited(): boolean {
		return this.#process.exitCode !== null || this.#process.signalCode !== null || this.#process.pid === undefined;
	}

	/** Resolves with its exit code when it ended by itself or by a signal (then null). */
	async exited(): Promise<number | null> {
		await this.#exited;
		return this.#process.exitCode;
	}

	/** @throws where it ends with another code than 0 */
	async succeeded(): Promise<string> {
		const code = await this.exited();
		if (code !== 0) throw new Error(`${this.name} failed (${code ?? 'killed'}):\n${this.#output.slice(-4_000)}`);
		return this.#output;
	}

	/** Asks it to end, and makes it end where it does not. */
	async stop(timeToStop = TIME_TO_STOP): Promise<void> {
		if (!this.hasExited) {
			this.#process.kill('SIGTERM');
			const timer = setTimeout(() => this.#signalGroup('SIGKILL'), timeToStop);
			await this.#exited;
			clearTimeout(timer);
		}
		// What it may have left behind.
		this.#signalGroup('SIGKILL');
	}

	/** Ends it at once, as a power failure would: nothing is finished and nothing is said. */
	async kill(): Promise<void> {
		this.#signalGroup('SIGKILL');
		await this.#exited;
	}

	/** Ctrl+C in a terminal. */
	interrupt(): void {
		this.#signalGroup('SIGINT');
	}

	/** Stops it where it is, without ending it, and lets it go on. */
	freeze(): void {
		this.#signalGroup('SIGSTOP');
	}

	thaw(): void {
		this.#signalGroup('SIGCONT');
	}

	#signalGroup(signal: NodeJS.Signals): void {
		const { pid } = this.#process;
		if (pid === undefined) return;
		try {
			process.kill(-pid, signal);
		} catch (error) {
			// The whole group has ended already.
			if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
		}
	}
}

let parentDeath: readonly string[] | undefined;

/** The words before a command that let the system kill it together with this process. Linux has them, in one of its essential packages. */
function dyingWithParent(): readonly string[] {
	const command = ['setpriv', '--pdeathsig', 'KILL'];
	parentDeath ??= spawnSync('setpriv', ['--pdeathsig', 'KILL', 'true']).status === 0 ? command : [];
	return parentDeath;
}
