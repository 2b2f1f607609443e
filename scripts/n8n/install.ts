import { access, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';

import { Child } from './child';
import { withLock } from './lock';

export const N8N_VERSION = '2.41.1';

/** One package that n8n depends on has a newest version that itself depends on something that cannot be had. */
const OVERRIDES = { linkedom: '0.18.14' };
const TIME_TO_INSTALL = 30 * 60_000;
/** Where Linux distributions put the headers of the Node that they package. */
const SYSTEM_HEADERS = '/usr';

export interface N8nInstallation {
	readonly version: string;
	readonly directory: string;
	/** What Node is to run. */
	readonly entry: string;
}

/** Where n8n is kept between runs: outside the checkout, because it is thirty times as large as everything in it. */
function cacheDirectory(): string {
	return path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'n8n-nodes-cryptocapital');
}

/**
 * The real n8n, installed where it is not yet. It is put together beside its final place and moved there when everything worked, so what
 * is there is complete, whenever an earlier run was interrupted. Two runs at once do the work once.
 */
export async function installN8n(report: (line: string) => void, stopped?: AbortSignal): Promise<N8nInstallation> {
	const cache = cacheDirectory();
	const directory = path.join(cache, `n8n-${N8N_VERSION}`);
	const installation = { version: N8N_VERSION, directory, entry: path.join(directory, 'node_modules/n8n/bin/n8n') };
	if (await exists(installation.entry)) return installation;
	await mkdir(cache, { recursive: true });
	await withLock({ file: `${directory}.lock`, patience: TIME_TO_INSTALL, report, stopped }, async () => {
		if (await exists(installation.entry)) return;
		await removeRemains(cache);
		const unfinished = await mkdtemp(`${directory}.unfinished-`);
		try {
			await installInto(unfinished, report, stopped);
			await rename(unfinished, directory);
		} catch (error) {
			await rm(unfinished, { recursive: true, force: true });
			throw error;
		}
	});
	report(`n8n ${N8N_VERSION} is installed in ${directory}`);
	return installation;
}

async function installInto(directory: string, report: (line: string) => void, stopped: AbortSignal | undefined): Promise<void> {
	report(`Installing n8n ${N8N_VERSION}, once. This takes a few minutes and 3 GB.`);
	const dependencies = { n8n: N8N_VERSION };
	await writeFile(
		path.join(directory, 'package.json'),
		JSON.stringify({ name: 'n8n-for-cryptocapital', private: true, dependencies, overrides: OVERRIDES }),
	);
	const stopReporting = reportSize(directory, report);
	try {
		// Some of n8n's dependencies fetch or compile optional native code; the database is the only one that it cannot do without.
		await npm({ name: 'npm install', args: ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], cwd: directory, stopped });
	} finally {
		stopReporting();
	}
	report('Building its database.');
	await buildSqlite(directory, stopped);
}

/** As the package itself would: fetched where somebody built it, compiled where not. With the headers that are there. */
async function buildSqlite(directory: string, stopped: AbortSignal | undefined): Promise<void> {
	const hasHeaders = await exists(path.join(SYSTEM_HEADERS, 'include/node/node_api.h'));
	// It uses Node's stable binary interface, so the headers of any version serve.
	const headers = hasHeaders && process.env.npm_config_nodedir === undefined ? { npm_config_nodedir: SYSTEM_HEADERS } : {};
	const args = ['rebuild', 'sqlite3', '--foreground-scripts', '--loglevel=error'];
	await npm({ name: 'Building sqlite3', args, cwd: directory, env: headers, stopped });
	const check = `const { Database } = require('sqlite3'); new Database(':memory:', (error) => process.exit(error ? 1 : 0))`;
	await new Child('Opening a database', process.execPath, ['-e', check], { cwd: directory }).succeeded();
}

interface NpmCall {
	name: string;
	args: readonly string[];
	cwd: string;
	env?: NodeJS.ProcessEnv;
	stopped: AbortSignal | undefined;
}

async function npm({ name, args, cwd, env, stopped }: NpmCall): Promise<void> {
	// npm hands its own settings down as variables; the checkout's are not those of this folder.
	const inherited = Object.entries(process.env).filter(([key]) => !/^npm_(package|lifecycle)_|^npm_config_(local_prefix|yes)$/u.test(key));
	stopped?.throwIfAborted();
	const child = new Child(name, 'npm', args, { cwd, env: { ...Object.fromEntries(inherited), ...env } });
	const kill = () => void child.kill();
	const deadline = setTimeout(kill, TIME_TO_INSTALL);
	stopped?.addEventListener('abort', kill);
	try {
		await child.succeeded();
	} finally {
		clearTimeout(deadline);
		stopped?.removeEventListener('abort', kill);
		await child.stop();
	}
}

/** npm says nothing while it works, when nobody watches it on a terminal. */
function reportSize(directory: string, report: (line: string) => void): () => void {
	const startedAt = Date.now();
	const timer = setInterval(() => {
		const seconds = Math.round((Date.now() - startedAt) / 1_000);
		void readdir(path.join(directory, 'node_modules'))
			.catch(() => [])
			.then((names) => report(`  ${seconds} s, ${names.length} folders of packages`));
	}, 15_000);
	return () => clearInterval(timer);
}

/** What interrupted runs left. Called under the lock, so nobody works in them. */
async function removeRemains(cache: string): Promise<void> {
	for (const name of await readdir(cache)) {
		if (name.includes('.unfinished-')) await rm(path.join(cache, name), { recursive: true, force: true });
	}
}

async function exists(file: string): Promise<boolean> {
	return await access(file).then(
		() => true,
		() => false,
	);
}

/** The Node that runs n8n: this one where n8n accepts it, else the one that this project installs. */
export async function nodeForN8n(): Promise<string> {
	const [major = 0] = process.versions.node.split('.').map(Number);
	if (major >= 24) return process.execPath;
	const manifest = require.resolve('node/package.json');
	const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: { node: string } };
	return path.join(path.dirname(manifest), bin.node);
}
