import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataDeduplicationService, InstanceSettings } from 'n8n-core';
import { LoggerProxy } from 'n8n-workflow';
import type { Logger } from 'n8n-workflow';
import { processedDataOfWorkflow } from './processed-data';

/** One line that n8n or a node logged. */
export interface LogEntry {
	level: 'debug' | 'error' | 'info' | 'warn';
	message: string;
	metadata: object | undefined;
}

export type LogListener = (entry: LogEntry) => void;

type Service<T> = abstract new (...dependencies: never[]) => T;

interface ServiceContainer {
	get<T>(service: Service<T>): T;
	set<T>(service: Service<T>, instance: T): void;
}

// n8n-core brings versions of its own of these two. The ones that lie beside it in node_modules can be others,
// with a container of their own in which none of n8n-core's services is registered.
const requireAsN8nCore = createRequire(require.resolve('n8n-core'));
const { Container } = requireAsN8nCore('@n8n/di') as { Container: ServiceContainer };
const { Logger: LoggerService } = requireAsN8nCore('@n8n/backend-common') as { Logger: Service<Logger> };

const logListeners = new Set<LogListener>();
let isSetUp = false;

/**
 * Makes n8n-core usable in this process: instance settings, logger, de-duplication. May be called any number of times.
 */
export function setUpN8nCore(): void {
	if (isSetUp) return;
	isSetUp = true;
	const logger = createLogger();
	Container.set(LoggerService, logger);
	LoggerProxy.init(logger);
	loadInstanceSettings();
	// n8n-core accepts one provider for the whole process; ours finds the engine by the workflow that asks.
	void DataDeduplicationService.init(processedDataOfWorkflow);
}

export function getService<T>(service: Service<T>): T {
	setUpN8nCore();
	return Container.get(service);
}

/** What n8n and the nodes log goes to the listeners, and nowhere else. Returns how to stop listening. */
export function listenToLog(listener: LogListener): () => void {
	logListeners.add(listener);
	return () => logListeners.delete(listener);
}

function createLogger(): Logger & { scoped(scopes: string | string[]): Logger } {
	const write = (level: LogEntry['level']) => (message: string, metadata?: object) => {
		for (const listener of logListeners) listener({ level, message, metadata });
	};
	const logger = {
		debug: write('debug'),
		error: write('error'),
		info: write('info'),
		warn: write('warn'),
		scoped: () => logger,
	};
	return logger;
}

/**
 * n8n reads its instance id and encryption key once, from a user folder that it insists on writing to.
 * Nothing else is kept there by what this harness runs, so the folder is gone again before anything starts.
 */
function loadInstanceSettings(): void {
	const folder = mkdtempSync(join(tmpdir(), 'n8n-engine-'));
	const { env } = process;
	process.env = { ...env, N8N_USER_FOLDER: folder, N8N_ENCRYPTION_KEY: randomUUID() };
	try {
		Container.get(InstanceSettings);
	} finally {
		process.env = env;
		rmSync(folder, { recursive: true, force: true });
	}
}
