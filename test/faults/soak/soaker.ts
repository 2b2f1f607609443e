import { setTimeout } from 'node:timers/promises';

import { DEFAULT_SESSION_OPTIONS } from '../../../client/connection-pool';
import { Session } from '../../../client/session/session';
import type { ClientSettings } from '../../../client/settings';
import { readSettings } from '../../../client/settings';
import { argument, report } from '../support/child';

/** One process with one session that goes through the same thing over and over, and tells what it holds early on and at the end. */
export interface SoakerArgument {
	readonly settings: ClientSettings;
	readonly accountNumber: string;
	/** `reconnect`: the server drops the connection after each operation. `idle`: nothing is heard but the answers to probes. */
	readonly what: 'reconnect' | 'idle';
	readonly rounds: number;
}

/** What a process holds. */
export interface Holdings {
	readonly heap: number;
	/** What keeps it alive, by kind. */
	readonly resources: Readonly<Record<string, number>>;
	readonly listeners: number;
	readonly connections: number;
}

export interface SoakerReport {
	readonly warm: Holdings;
	readonly end: Holdings;
}

/** By then every cache has been filled and every function compiled. */
const WARM_AFTER = 0.4;
const SILENCE = 2;

async function main(): Promise<void> {
	const { settings, accountNumber, what, rounds } = argument() as SoakerArgument;
	// Between two connections nothing else keeps the process alive.
	process.on('message', () => undefined);
	const session = new Session(readSettings(settings), {
		...DEFAULT_SESSION_OPTIONS,
		backoff: { minimum: 1, maximum: 2 },
		...(what === 'idle' && { silence: SILENCE }),
	});
	const round = what === 'reconnect' ? reconnection(session, accountNumber) : probe(session);
	await session.ready(30_000);
	const warmRound = Math.floor(rounds * WARM_AFTER);
	for (let count = 0; count < warmRound; count += 1) await round();
	const warm = await holdings(session);
	for (let count = warmRound; count < rounds; count += 1) await round();
	const done: SoakerReport = { warm, end: await holdings(session) };
	await report({ ...done });
	session.close();
	process.disconnect();
}

function reconnection(session: Session, accountNumber: string): () => Promise<void> {
	return async () => {
		const back = new Promise<void>((resolve) => {
			const remove = session.onReady.add(() => {
				remove();
				resolve();
			});
		});
		const outcome = await session.perform({ operation: 'account', params: { accountNumber } }, { ackTimeout: 30_000 });
		if (outcome.kind === 'notWritten') throw outcome.error;
		await back;
	};
}

function probe(session: Session): () => Promise<void> {
	const { writer } = session;
	const perform = writer.perform.bind(writer);
	let answered = () => {};
	writer.perform = async (...what) => {
		const outcome = await perform(...what);
		if (outcome.kind === 'acknowledged') answered();
		return outcome;
	};
	return async () => {
		await new Promise<void>((resolve) => {
			answered = resolve;
		});
	};
}

async function holdings(session: Session): Promise<Holdings> {
	// A closed socket is gone a few turns after it was closed, and what the first collection finalises is free after the second.
	for (let turn = 0; turn < 10; turn += 1) {
		globalThis.gc?.();
		await setTimeout(20);
	}
	const resources: Record<string, number> = {};
	for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
	const { onReady, onDisconnected, onMessage, onUnaccepted } = session;
	return {
		heap: process.memoryUsage().heapUsed,
		resources,
		listeners: onReady.size + onDisconnected.size + onMessage.size + onUnaccepted.size,
		connections: session.connections,
	};
}

void main();
