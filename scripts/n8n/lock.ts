import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

import { isRunning } from './processes';

const LOOK_AGAIN_AFTER = 500;
/** A file this young without a readable process id is being written just now. */
const TIME_TO_WRITE = 5_000;

export interface Lock {
	file: string;
	/** How long to wait for another process, in milliseconds. */
	patience: number;
	report: (line: string) => void;
	stopped?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process does under this lock. A lock whose process is gone counts as free.
 *
 * Two processes that find the same dead lock at the same moment may both enter. What is done under it must bear that.
 */
export async function withLock({ file, patience, report, stopped }: Lock, work: () => Promise<void>): Promise<void> {
	const deadline = Date.now() + patience;
	let hasReported = false;
	while (!(await take(file))) {
		const holder = await holderOf(file);
		if (holder === undefined) {
			await rm(file, { force: true });
			continue;
		}
		if (Date.now() > deadline) throw new Error(`Process ${holder} has held ${file} for too long`);
		if (!hasReported) report(`Waiting for process ${holder}, which is at it already.`);
		hasReported = true;
		await pause(LOOK_AGAIN_AFTER, undefined, { ...(stopped && { signal: stopped }) });
	}
	try {
		await work();
	} finally {
		await rm(file, { force: true });
	}
}

async function take(file: string): Promise<boolean> {
	try {
		await writeFile(file, String(process.pid), { flag: 'wx' });
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	}
}

/** The process that holds the lock, or undefined where nobody does. */
async function holderOf(file: string): Promise<number | undefined> {
	try {
		const pid = Number(await readFile(file, 'utf8'));
		if (pid > 0) return isRunning(pid) ? pid : undefined;
		const { mtimeMs } = await stat(file);
		return Date.now() - mtimeMs < TIME_TO_WRITE ? 0 : undefined;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw error;
	}
}
