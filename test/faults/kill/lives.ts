import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bank } from '../support/bank';
import { Child } from '../support/child';
import type { N8nArgument, N8nReport } from './n8n-process';

/** The lives of one n8n: each ends by SIGKILL, and the database stays. */
export class Lives {
	readonly #processes: Array<Child<'count', N8nReport>> = [];

	private constructor(
		private readonly bank: Bank,
		private readonly directory: string,
	) {}

	static async of(bank: Bank): Promise<Lives> {
		return new Lives(bank, await mkdtemp(join(tmpdir(), 'n8n-lives-')));
	}

	begin(work: Omit<N8nArgument, 'directory' | 'credential'>): Child<'count', N8nReport> {
		const { settings } = this.bank;
		const child = new Child<'count', N8nReport>(join(__dirname, 'n8n-process.ts'), {
			directory: this.directory,
			credential: { ...settings },
			...work,
		});
		this.#processes.push(child);
		return child;
	}

	/** Nothing of them is left. */
	async end(): Promise<void> {
		for (const child of this.#processes) await child.kill();
		await rm(this.directory, { recursive: true, force: true });
	}
}
