import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, open, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As many as libuv has unless told otherwise. */
const THREADS = 4;

/**
 * Occupies every thread that signatures are made and verified on until it is released: a thread that opens a pipe for reading waits for somebody to write.
 */
export function occupyThreads(): { release(): Promise<void> } {
	const directory = mkdtempSync(join(tmpdir(), 'threads-'));
	const pipe = join(directory, 'pipe');
	execFileSync('mkfifo', [pipe]);
	const opened = Array.from(
		{ length: THREADS },
		async () => await new Promise<number>((resolve, reject) => open(pipe, 'r', (error, file) => (error ? reject(error) : resolve(file)))),
	);
	return {
		release: async () => {
			const writer = openSync(pipe, 'w');
			for (const file of await Promise.all(opened)) closeSync(file);
			closeSync(writer);
			rmSync(directory, { recursive: true });
		},
	};
}
