import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Client } from 'pg';

import type { Json, Rows } from '../../engine/rows';

/** Where the rows are that the processes share. */
export type Place = { readonly kind: 'sqlite'; readonly file: string } | { readonly kind: 'postgres'; readonly table: string };

const PATIENCE = 10_000;

/** Opens the database, and makes the table where it is not there yet. */
export async function openRows(place: Place): Promise<Rows & { close(): Promise<void> }> {
	return place.kind === 'sqlite' ? new SqliteRows(place.file) : await PostgresRows.open(place.table);
}

/** Answers whether a PostgreSQL server is there: the one that the variables PGHOST and so on name, or the one on this machine. */
export async function hasPostgres(): Promise<boolean> {
	const client = postgresClient();
	try {
		await client.connect();
		return true;
	} catch {
		return false;
	} finally {
		await client.end().catch(() => undefined);
	}
}

export async function dropTable(table: string): Promise<void> {
	const client = postgresClient();
	await client.connect();
	await client.query(`DROP TABLE IF EXISTS ${table}`);
	await client.end();
}

function postgresClient(): Client {
	return new Client({
		host: process.env.PGHOST ?? '127.0.0.1',
		port: Number(process.env.PGPORT ?? '5432'),
		user: process.env.PGUSER ?? 'postgres',
		database: process.env.PGDATABASE ?? 'postgres',
		...(process.env.PGPASSWORD === undefined ? {} : { password: process.env.PGPASSWORD }),
		connectionTimeoutMillis: PATIENCE,
	});
}

/** As n8n uses SQLite: write-ahead log, and a wait where another process writes. Each call is one statement and a turn of the event loop. */
class SqliteRows implements Rows {
	readonly #database: DatabaseSync;

	constructor(file: string) {
		this.#database = new DatabaseSync(file, { timeout: PATIENCE });
		this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
		this.#database.exec('CREATE TABLE IF NOT EXISTS processed_data (key TEXT PRIMARY KEY, value TEXT NOT NULL)');
	}

	async read(key: string): Promise<Json | undefined> {
		await nextTurn();
		const row = this.#database.prepare('SELECT value FROM processed_data WHERE key = ?').get(key);
		return row === undefined ? undefined : (JSON.parse(String(row.value)) as Json);
	}

	async insert(key: string, value: Json): Promise<boolean> {
		await nextTurn();
		const insert = this.#database.prepare('INSERT INTO processed_data (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
		return insert.run(key, JSON.stringify(value)).changes === 1;
	}

	async write(key: string, value: Json): Promise<void> {
		await nextTurn();
		this.#database.prepare('UPDATE processed_data SET value = ? WHERE key = ?').run(JSON.stringify(value), key);
	}

	async delete(key: string): Promise<void> {
		await nextTurn();
		this.#database.prepare('DELETE FROM processed_data WHERE key = ?').run(key);
	}

	async keys(): Promise<string[]> {
		await nextTurn();
		return this.#database
			.prepare('SELECT key FROM processed_data')
			.all()
			.map(({ key }) => String(key));
	}

	async close(): Promise<void> {
		this.#database.close();
	}
}

class PostgresRows implements Rows {
	private constructor(
		private readonly client: Client,
		private readonly table: string,
	) {}

	static async open(table: string): Promise<PostgresRows> {
		const client = postgresClient();
		await client.connect();
		await client.query(`CREATE TABLE IF NOT EXISTS ${table} (key TEXT PRIMARY KEY, value JSON NOT NULL)`);
		return new PostgresRows(client, table);
	}

	async read(key: string): Promise<Json | undefined> {
		const { rows } = await this.client.query<{ value: Json }>(`SELECT value FROM ${this.table} WHERE key = $1`, [key]);
		return rows[0]?.value;
	}

	async insert(key: string, value: Json): Promise<boolean> {
		const { rowCount } = await this.client.query(
			`INSERT INTO ${this.table} (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
			[key, JSON.stringify(value)],
		);
		return rowCount === 1;
	}

	async write(key: string, value: Json): Promise<void> {
		await this.client.query(`UPDATE ${this.table} SET value = $2 WHERE key = $1`, [key, JSON.stringify(value)]);
	}

	async delete(key: string): Promise<void> {
		await this.client.query(`DELETE FROM ${this.table} WHERE key = $1`, [key]);
	}

	async keys(): Promise<string[]> {
		const { rows } = await this.client.query<{ key: string }>(`SELECT key FROM ${this.table}`);
		return rows.map(({ key }) => key);
	}

	async close(): Promise<void> {
		await this.client.end();
	}
}
