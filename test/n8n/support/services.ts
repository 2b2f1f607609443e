import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { Child } from '../../../scripts/n8n/child';
import { installN8n } from '../../../scripts/n8n/install';
import { freePorts } from '../../../scripts/n8n/ports';
import { eventually } from './eventually';

const POSTGRES_VARIABLE = 'CRYPTOCAPITAL_TEST_POSTGRES';
const REDIS_VARIABLE = 'CRYPTOCAPITAL_TEST_REDIS';

/** Finds, or starts, what some tests need beside n8n, and says which tests are skipped where it cannot be had. */
export async function findServices(report: (line: string) => void): Promise<void> {
	const { host, port } = postgresServer();
	if (!(await answers(host, port))) {
		spawnSync('service', ['postgresql', 'start']);
		await eventually('PostgreSQL to start', async () => await answers(host, port), 10_000).catch(() => undefined);
	}
	const isThere = await answers(host, port);
	process.env[POSTGRES_VARIABLE] = isThere ? 'yes' : '';
	if (!isThere) report(`SKIPPED: what needs a PostgreSQL server. None answers at ${host}:${port}; PGHOST and PGPORT name another.`);
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
	drop(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
	const server = postgresServer();
	const name = `n8n_test_${process.pid}_${Date.now()}`;
	await statement(server, `CREATE DATABASE ${name}`);
	return { ...server, name, drop: async () => await statement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
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

/** What is used of the client that n8n itself brings. */
interface PostgresClient {
	connect(): Promise<void>;
	query(text: string): Promise<unknown>;
	end(): Promise<void>;
}

async function statement({ host, port, user, password }: PostgresServer, text: string): Promise<void> {
	const { entry } = await installN8n(() => undefined);
	const { Client } = createRequire(entry)('pg') as { Client: new (settings: object) => PostgresClient };
	const client = new Client({ host, port, user, password, database: 'postgres', connectionTimeoutMillis: 10_000 });
	await client.connect();
	try {
		await client.query(text);
	} finally {
		await client.end();
	}
}

/** A Redis server of a test's own. */
export async function startRedis(): Promise<{ port: number; stop: () => Promise<void> }> {
	const [port = 0] = await freePorts(1);
	const directory = await mkdtemp(path.join(tmpdir(), 'n8n-test-redis-'));
	const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'];
	const server = new Child('redis-server', 'redis-server', args);
	const stop = async () => {
		await server.stop();
		await rm(directory, { recursive: true, force: true });
	};
	try {
		await eventually('Redis to start', async () => await answers('127.0.0.1', port), 10_000);
		return { port, stop };
	} catch (error) {
		await stop();
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
