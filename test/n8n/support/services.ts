import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';

import { Client } from 'pg';

import { Child } from '../../../scripts/n8n/child';
import { freePorts } from '../../../scripts/n8n/ports';
import { isRunning } from '../../../scripts/n8n/processes';
import { temporaryFolder } from '../../../scripts/n8n/temporary';
import { eventually } from './eventually';

const POSTGRES_VARIABLE = 'CRYPTOCAPITAL_TEST_POSTGRES';
const REDIS_VARIABLE = 'CRYPTOCAPITAL_TEST_REDIS';
const DATABASE_PREFIX = 'n8n_test_';
const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** Finds, or starts, what some tests need beside n8n, and says which tests are skipped where it cannot be had. */
export async function findServices(report: (line: string) => void): Promise<void> {
	const { host, port } = postgresServer();
	if (!(await answers(host, port))) {
		spawnSync('service', ['postgresql', 'start']);
		await eventually('PostgreSQL to start', async () => await answers(host, port), 10_000).catch(() => undefined);
	}
	const isThere = await answers(host, port);
	process.env[POSTGRES_VARIABLE] = isThere ? 'yes' : '';
	if (isThere) await dropAbandonedDatabases();
	else report(`SKIPPED: what needs a PostgreSQL server. None answers at ${host}:${port}; PGHOST and PGPORT name another.`);
	const hasRedis = spawnSync('redis-server', ['--version']).status === 0;
	process.env[REDIS_VARIABLE] = hasRedis ? 'yes' : '';
	if (!hasRedis) report('SKIPPED: what needs Redis. There is no program redis-server.');
}

export function hasPostgres(): boolean {
	return process.env[POSTGRES_VARIABLE] === 'yes';
}

export function hasRedis(): boolean {
	return process.env[REDIS_VARIABLE] === 'yes';
}

interface PostgresServer {
	host: string;
	port: number;
	user: string;
	password: string;
}

function postgresServer(): PostgresServer {
	const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = process.env;
	return { host: PGHOST ?? '127.0.0.1', port: Number(PGPORT ?? 5432), user: PGUSER ?? 'postgres', password: PGPASSWORD ?? '' };
}

/** A database of a test's own. */
export interface TestDatabase extends PostgresServer {
	readonly name: string;
	close(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
	const server = postgresServer();
	const name = `${DATABASE_PREFIX}${process.pid}_${Date.now()}`;
	await query(server, `CREATE DATABASE ${name}`);
	const close = async () => {
		await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
	};
	return { ...server, name, close };
}

/** Drops the databases of test runs that were killed before they could do it themselves. Only on this machine can be told whether a run goes on. */
async function dropAbandonedDatabases(): Promise<void> {
	const server = postgresServer();
	if (!LOOPBACK.includes(server.host)) return;
	const databases = await query<{ datname: string }>(server, `SELECT datname FROM pg_database WHERE datname LIKE '${DATABASE_PREFIX}%'`);
	for (const { datname } of databases) {
		const pid = Number(datname.slice(DATABASE_PREFIX.length).split('_')[0]);
		if (pid > 0 && !isRunning(pid)) await query(server, `DROP DATABASE IF EXISTS ${datname} WITH (FORCE)`);
	}
}

/** The settings with which n8n uses a database, at its own port or at another one that leads to it. */
export function databaseSettings({ host, user, password, name }: TestDatabase, port: number): Record<string, string> {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: host,
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_USER: user,
		DB_POSTGRESDB_PASSWORD: password,
		DB_POSTGRESDB_DATABASE: name,
	};
}

async function query<Row extends object>({ host, port, user, password }: PostgresServer, text: string): Promise<Row[]> {
	const client = new Client({ host, port, user, password, database: 'postgres', connectionTimeoutMillis: 10_000 });
	await client.connect();
	try {
		return (await client.query<Row>(text)).rows;
	} finally {
		await client.end();
	}
}

/** A Redis server of a test's own. */
export async function startRedis(): Promise<{ port: number; close: () => Promise<void> }> {
	const [port = 0] = await freePorts(1);
	const directory = await temporaryFolder('redis');
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'];
	const server = new Child('redis-server', 'redis-server', args);
	const close = async () => {
		await server.stop();
		await rm(directory, { recursive: true, force: true });
	};
	try {
		await eventually('Redis to start', async () => await answers('127.0.0.1', port), 10_000);
		return { port, close };
	} catch (error) {
		await close();
		throw error;
	}
}

async function answers(host: string, port: number): Promise<boolean> {
	const socket = connect({ host, port });
	try {
		await once(socket, 'connect', { signal: AbortSignal.timeout(2_000) });
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}
