import { setTimeout as pause } from 'node:timers/promises';

import { io } from 'socket.io-client';
import type { IRun, ITriggerFunctions } from 'n8n-workflow';

import type { ActiveWorkflow } from '../../test/engine';
import { chain, createEngine, createTriggerNode, node } from '../../test/engine';
import { builtPackage } from '../built-package';
import type { Finding, Scale } from '../measure';
import { alternatingLatencies, finding, median, scaled } from '../measure';
import { ACCOUNT, signedTransfers } from '../messages';
import { bareCrypto } from '../peers/verifiers';
import { client } from '../product';
import { startLeanServer } from '../servers/start';

/** Announced records are numbered from here on: later than what the statement of the beginning showed. */
const FIRST_ANNOUNCED = 100_000;

/** Milliseconds between two messages: transfers do not come many a second. */
const BETWEEN = 8;
/** The connections of the server, in the order in which they are made. */
const [PRODUCT, PEER] = [0, 1];

/**
 * From the moment a message is handed to the socket's listeners to the moment its workflow has ended; against one verification and one empty
 * execution.
 *
 * Both are begun by a message that arrives after a pause. A processor that slept takes its time to wake the thread that verifies, and has other things in
 * its caches: in a loop without pauses the same two take less, which is the second row. Both executions are started by a trigger, with a key against
 * duplicates, a promise of the end, and a mark in the static data of where the trigger stands: so does whoever must not lose events, and it is n8n that
 * spends the time on it.
 */
export async function triggerStart(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer();
	const times = scaled(100, scale);
	const rounds = scale.rounds;
	await server.prepare(1, 1);
	const bareTrigger = createTriggerNode();
	const { nodes, credentialTypes } = await builtPackage();
	const engine = createEngine({ nodes: { ...nodes, 'bench.trigger': bareTrigger }, credentialTypes });
	const credentials = {
		cryptoCapitalApi: {
			serverUrl: server.url,
			privateKey: server.parties.privateKey,
			serverPublicKey: server.parties.serverPublicKey,
		},
	};
	const arrivals = new Arrivals();
	const workflow = chain(
		node(
			'Incoming',
			'n8n-nodes-cryptocapital.cryptoCapitalTrigger',
			{ events: ['incomingTransfer'], accountNumbers: [ACCOUNT], options: { catchUp: false } },
			{ credentials: { cryptoCapitalApi: { id: 'benchmark', name: 'Benchmark' } } },
		),
		node('Nothing', 'n8n-nodes-base.noOp'),
	);
	const empty = { ...chain(node('Start', 'bench.trigger'), node('Nothing', 'n8n-nodes-base.noOp')), id: 'workflow00000002' };
	const texts = await signedTransfers(200, server.parties);
	const verify = bareCrypto(server.parties.serverPublicKey);
	try {
		const active = await engine.activate(workflow, { credentials });
		const bare = await engine.activate(empty);
		const lease = client.sharedConnections.acquire(client.readSettings(credentials.cryptoCapitalApi));
		await lease.session.ready(10_000);
		// The trigger reads where its account begins before it takes anything.
		await pause(5_000);
		const socket = io(server.url, { transports: ['websocket'] });
		await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
		const turns = times * (rounds + 1);
		await server.prepare(turns, FIRST_ANNOUNCED);
		let announced = 0;
		let emitted = 0;
		const functions = await bareTrigger.activations.next();
		const verifyOne = async (index: number) => {
			const text = texts[index % texts.length];
			await verify(text?.signedString ?? '', text?.signature ?? '');
		};
		const execute = async () => {
			emitted += 1;
			await emptyExecution(bare, functions, emitted);
		};
		const works = [
			async () => {
				await pause(BETWEEN);
				const ended = active.nextExecution();
				server.announce(1, announced, PRODUCT);
				announced += 1;
				await ended;
				return arrivals.sinceLast();
			},
			async (index: number) => {
				await pause(BETWEEN);
				const arrived = new Promise<number>((resolve) => socket.once('transfer', () => resolve(performance.now())));
				server.announce(1, index, PEER);
				const begun = await arrived;
				await verifyOne(index);
				await execute();
				return performance.now() - begun;
			},
			verifyOne,
			execute,
		];
		await measured(times, works);
		const [ours, theirs, hot]: [number[], number[], number[]] = [[], [], []];
		for (let round = 0; round < rounds; round += 1) {
			const [own = NaN, peer = NaN, verification = NaN, execution = NaN] = await measured(times, works);
			ours.push(own);
			theirs.push(peer);
			hot.push(verification + execution);
		}
		socket.close();
		lease.release();
		const row = { what: 'Socket message to the end of its workflow, in n8n-core', measure: 'milliseconds, p50' };
		return [
			finding({ ...row, peer: 'one verification and one empty execution', target: { is: 'at most', value: 1.3 } }, ours, theirs),
			finding({ ...row, peer: 'the same two in a loop without pauses' }, ours, hot),
		];
	} finally {
		arrivals.stop();
		await engine.close();
		client.sharedConnections.closeAll();
		await server.stop();
	}
}

async function measured(times: number, works: Parameters<typeof alternatingLatencies>[1]): Promise<number[]> {
	return (await alternatingLatencies(times, works)).map(median);
}

async function emptyExecution(active: ActiveWorkflow, functions: ITriggerFunctions, number: number): Promise<void> {
	const ended = active.nextExecution();
	const done = functions.helpers.createDeferredPromise<IRun>();
	functions.getWorkflowStaticData('node').last = number;
	functions.emit([[{ json: { number } }]], undefined, done, `bench:${active.workflowId}:${number}`);
	await ended;
}

/** Notes when messages are handed to the listeners of this process's WebSockets: as the first of them. */
class Arrivals {
	readonly #original = globalThis.WebSocket;

	#last = NaN;

	constructor() {
		const arrived = () => {
			this.#last = performance.now();
		};
		globalThis.WebSocket = class extends this.#original {
			constructor(...parameters: ConstructorParameters<typeof WebSocket>) {
				super(...parameters);
				this.addEventListener('message', arrived);
			}
		};
	}

	/** Milliseconds since the latest message. */
	sinceLast(): number {
		return performance.now() - this.#last;
	}

	stop(): void {
		globalThis.WebSocket = this.#original;
	}
}
