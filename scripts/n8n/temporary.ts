import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { isRunning } from './processes';

const PREFIX = 'n8n-cryptocapital-';
const OWNER = new RegExp(`^${PREFIX}(?<pid>[0-9]+)-`, 'u');

/** A new folder that carries the id of this process, so that a later run knows whether anybody still uses it. */
export async function temporaryFolder(purpose: string): Promise<string> {
	return await mkdtemp(path.join(tmpdir(), `${PREFIX}${process.pid}-${purpose}-`));
}

/** Removes the folders of processes that were killed before they could do it themselves. */
export async function removeAbandonedFolders(): Promise<void> {
	for (const name of await readdir(tmpdir())) {
		const pid = OWNER.exec(name)?.groups?.pid;
		if (pid !== undefined && !isRunning(Number(pid))) await rm(path.join(tmpdir(), name), { recursive: true, force: true });
	}
}
