import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/**
 * What the engine keeps where n8n has its database. Each call is one statement: atomic in itself, and taking its
 * turn of the event loop, so that two statements of one execution have those of another between them.
 */
export interface Rows {
	read(key: string): Promise<Json | undefined>;
	/** Answers false, and changes nothing, where a row with this key is there already. */
	insert(key: string, value: Json): Promise<boolean>;
	write(key: string, value: Json): Promise<void>;
	delete(key: string): Promise<void>;
	keys(): Promise<string[]>;
}

export function createMemoryRows(): Rows {
	const texts = new Map<string, string>();
	return {
		async read(key) {
			await nextTurn();
			const text = texts.get(key);
			return text === undefined ? undefined : parse(text);
		},
		async insert(key, value) {
			await nextTurn();
			if (texts.has(key)) return false;
			texts.set(key, JSON.stringify(value));
			return true;
		},
		async write(key, value) {
			const text = JSON.stringify(value);
			await nextTurn();
			texts.set(key, text);
		},
		async delete(key) {
			await nextTurn();
			texts.delete(key);
		},
		async keys() {
			await nextTurn();
			return [...texts.keys()];
		},
	};
}

/** Rows that several processes share: one file a row, complete at any moment because it is renamed into place. */
export function createFileRows(directory: string): Rows {
	const pathOf = (key: string) => join(directory, `${createHash('sha256').update(key).digest('hex')}.json`);
	const writeAside = async (key: string, value: Json): Promise<string> => {
		await mkdir(directory, { recursive: true });
		const path = join(directory, `${randomUUID()}.part`);
		await writeFile(path, JSON.stringify({ key, value }));
		return path;
	};
	return {
		async read(key) {
			return (await readRow(pathOf(key)))?.value;
		},
		async insert(key, value) {
			const aside = await writeAside(key, value);
			try {
				// Unlike a rename, a link never replaces what is there.
				await link(aside, pathOf(key));
				return true;
			} catch (error) {
				if (hasCode(error, 'EEXIST')) return false;
				throw error;
			} finally {
				await rm(aside, { force: true });
			}
		},
		async write(key, value) {
			await rename(await writeAside(key, value), pathOf(key));
		},
		async delete(key) {
			await rm(pathOf(key), { force: true });
		},
		async keys() {
			await mkdir(directory, { recursive: true });
			const names = (await readdir(directory)).filter((name) => name.endsWith('.json'));
			const rows = await Promise.all(names.map(async (name) => await readRow(join(directory, name))));
			return rows.flatMap((row) => (row === undefined ? [] : [row.key]));
		},
	};
}

async function readRow(path: string): Promise<{ key: string; value: Json } | undefined> {
	try {
		return JSON.parse(await readFile(path, 'utf8')) as { key: string; value: Json };
	} catch (error) {
		if (hasCode(error, 'ENOENT')) return undefined;
		throw error;
	}
}

function parse(text: string): Json {
	return JSON.parse(text) as Json;
}

function hasCode(error: unknown, code: string): boolean {
	return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
