import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { Child } from './child';
import type { N8nInstallation } from './install';
import { nodeForN8n } from './install';
import { freePorts } from './ports';

const TIME_TO_BOOT = 120_000;
const ATTEMPTS = 3;

export interface N8nSettings {
	installation: N8nInstallation;
	userFolder: string;
	encryptionKey: string;
	/** Chosen by the system where left out. */
	port?: number;
	env?: Record<string, string>;
	onOutput?: (text: string) => void;
	/** Ends a start that is under way. */
	stopped?: AbortSignal;
}

/** A running n8n: a main process, or a worker. It listens on this machine only, and asks nobody on the internet. */
export class N8nServer {
	private constructor(
		readonly child: Child,
		readonly url: string,
	) {}

	/** Resolves when it is ready. Whoever starts it stops it. */
	static async start(settings: N8nSettings, command: 'start' | 'worker' = 'start'): Promise<N8nServer> {
		for (let attempt = 1; ; attempt += 1) {
			const server = await N8nServer.#spawn(settings, command);
			if (await server.#ready(settings.stopped)) return server;
			await server.child.kill();
			settings.stopped?.throwIfAborted();
			// Somebody may have taken a port between the moment at which it was free and now.
			const isPortTaken = /EADDRINUSE|already in use/iu.test(server.child.output);
			if (!isPortTaken || settings.port !== undefined || attempt === ATTEMPTS) {
				throw new Error(`n8n ${command} did not become ready:\n${server.child.output.slice(-6_000)}`);
			}
		}
	}

	static async #spawn(settings: N8nSettings, command: 'start' | 'worker'): Promise<N8nServer> {
		const [free = 0, broker = 0, health = 0] = await freePorts(3);
		const port = settings.port ?? free;
		const env = { ...baseEnvironment(settings), N8N_RUNNERS_BROKER_PORT: String(broker) };
		const ports = command === 'start' ? { N8N_PORT: String(port) } : workerPorts(health);
		const child = new Child(`n8n ${command}`, await nodeForN8n(), [settings.installation.entry, command], {
			cwd: settings.userFolder,
			env: { ...env, ...ports, ...settings.env },
			...(settings.onOutput && { onOutput: settings.onOutput }),
		});
		return new N8nServer(child, `http://127.0.0.1:${command === 'start' ? port : health}`);
	}

	/** Runs one of n8n's commands to its end. */
	static async run(settings: N8nSettings, args: readonly string[]): Promise<string> {
		const [broker = 0] = await freePorts(1);
		const child = new Child(`n8n ${args[0] ?? ''}`, await nodeForN8n(), [settings.installation.entry, ...args], {
			cwd: settings.userFolder,
			env: { ...baseEnvironment(settings), N8N_RUNNERS_BROKER_PORT: String(broker), ...settings.env },
		});
		const deadline = setTimeout(() => void child.kill(), TIME_TO_BOOT);
		try {
			return await child.succeeded();
		} finally {
			clearTimeout(deadline);
			await child.stop();
		}
	}

	async stop(): Promise<void> {
		await this.child.stop();
	}

	/** Ends it as a power failure would. */
	async kill(): Promise<void> {
		await this.child.kill();
	}

	async #ready(stopped?: AbortSignal): Promise<boolean> {
		const deadline = Date.now() + TIME_TO_BOOT;
		while (Date.now() < deadline && !this.child.hasExited && !stopped?.aborted) {
			const answer = await fetch(`${this.url}/healthz/readiness`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
			if (answer?.ok) return true;
			await pause(100);
		}
		return false;
	}
}

function workerPorts(health: number): Record<string, string> {
	return { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(health), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' };
}

/** Whatever n8n puts aside goes away with its user folder. */
function temporaryDirectory(userFolder: string): string {
	const directory = path.join(userFolder, 'tmp');
	mkdirSync(directory, { recursive: true });
	return directory;
}

/** Nothing of a user's own n8n settings gets in: what a test shows must not depend on them. */
function baseEnvironment({ userFolder, encryptionKey }: N8nSettings): Record<string, string | undefined> {
	const foreign = /^(N8N|DB|QUEUE|EXECUTIONS|WEBHOOK|GENERIC|CREDENTIALS|NODES|npm)_/u;
	return {
		...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
		N8N_USER_FOLDER: userFolder,
		TMPDIR: temporaryDirectory(userFolder),
		N8N_ENCRYPTION_KEY: encryptionKey,
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		NODE_OPTIONS: undefined,
		NODE_ENV: 'production',
	};
}
