import { cp, rm } from 'node:fs/promises';
import path from 'node:path';

import { N8nApi } from '../../../scripts/n8n/api';
import { installN8n } from '../../../scripts/n8n/install';
import { freePorts } from '../../../scripts/n8n/ports';
import type { N8nSettings } from '../../../scripts/n8n/server';
import { N8nServer } from '../../../scripts/n8n/server';
import { temporaryFolder } from '../../../scripts/n8n/temporary';
import { templateFolder } from './template';

export const ENCRYPTION_KEY = 'a key for tests that protects none';

export const OWNER = {
	email: 'owner@example.org',
	firstName: 'Olga',
	lastName: 'Owner',
	password: 'Only-for-tests-1',
};

export interface InstanceOptions {
	/** Further settings, such as those of another database. */
	env?: Record<string, string>;
	/** The database is an empty one: it gets its owner now. */
	isNew?: boolean;
	/** Without the package: the test installs it. */
	isBare?: boolean;
}

export interface Worker {
	readonly server: N8nServer;
	close(): Promise<void>;
}

/** An n8n of a test's own, with the packed package in it. It can be stopped, killed, and started again on the same port with what it has saved. */
export class Instance {
	#server: N8nServer | undefined;

	readonly #workers: Array<() => Promise<void>> = [];

	private constructor(
		readonly api: N8nApi,
		readonly settings: N8nSettings,
	) {}

	static async start({ env = {}, isNew = false, isBare = false }: InstanceOptions = {}): Promise<Instance> {
		const userFolder = await temporaryFolder('user');
		try {
			await cp(templateFolder(), userFolder, { recursive: true });
			if (isBare) await rm(path.join(userFolder, '.n8n/nodes'), { recursive: true });
			const [port = 0] = await freePorts(1);
			const installation = await installN8n((line) => process.stdout.write(`${line}\n`));
			const settings = { installation, userFolder, encryptionKey: ENCRYPTION_KEY, port, env };
			const instance = new Instance(new N8nApi(`http://127.0.0.1:${port}`), settings);
			try {
				await instance.start();
				if (isNew) await instance.api.setUpOwner(OWNER);
				else await instance.api.signIn(OWNER);
				return instance;
			} catch (error) {
				await instance.#server?.kill();
				throw error;
			}
		} catch (error) {
			await rm(userFolder, { recursive: true, force: true });
			throw error;
		}
	}

	/** Everything that n8n wrote since it was started last. */
	get log(): string {
		return this.#server?.child.output ?? '';
	}

	get userFolder(): string {
		return this.settings.userFolder;
	}

	get server(): N8nServer {
		if (!this.#server) throw new Error('n8n is not running');
		return this.#server;
	}

	async start(): Promise<void> {
		this.#server = await N8nServer.start(this.settings);
	}

	/** Another process that executes workflows for this one, from a user folder of its own. */
	async startWorker(): Promise<Worker> {
		const userFolder = await temporaryFolder('worker');
		const remove = async () => await rm(userFolder, { recursive: true, force: true });
		try {
			await cp(templateFolder(), userFolder, { recursive: true });
			const { port: _port, ...settings } = this.settings;
			const server = await N8nServer.start({ ...settings, userFolder }, 'worker');
			const close = async () => {
				await server.kill();
				await remove();
			};
			this.#workers.push(close);
			return { server, close };
		} catch (error) {
			await remove();
			throw error;
		}
	}

	/** A shutdown, as of a service. */
	async stop(): Promise<void> {
		await this.#server?.stop();
	}

	/** SIGKILL for n8n and everything that it started. */
	async kill(): Promise<void> {
		await this.#server?.kill();
	}

	/** Ends it and its workers, and removes their folders. */
	async close(): Promise<void> {
		await Promise.all(this.#workers.map(async (closeWorker) => await closeWorker()));
		await this.#server?.kill();
		await rm(this.userFolder, { recursive: true, force: true });
	}
}
