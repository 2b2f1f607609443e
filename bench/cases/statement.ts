import { chain, createEngine, node } from '../../test/engine';
import { builtPackage } from '../built-package';
import type { Finding, Scale } from '../measure';
import { finding, perSecond, scaled, settledHeap } from '../measure';
import { ACCOUNT, signedTransfers } from '../messages';
import { bareCrypto } from '../peers/verifiers';
import { client } from '../product';
import { startLeanServer } from '../servers/start';

const CONCURRENCY = 8;
/** The wait for more records is the user's choice, not the client's speed: kept short, and taken off the time. */
const QUIET_PERIOD = 200;

export async function statement(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer();
	const count = scaled(10_000, scale);
	await server.prepare(count);
	const texts = await signedTransfers(count, server.parties);
	const json = texts.reduce((sum, { payload }) => sum + payload.length, 0);
	const verify = bareCrypto(server.parties.serverPublicKey);
	const connections = new client.ConnectionPool();
	const settings = {
		serverUrl: server.url,
		privateKey: server.parties.privateKey,
		serverPublicKey: server.parties.serverPublicKey,
	};
	const own = new client.CryptoCapitalClient(settings, connections);
	const read = async (): Promise<number> => {
		const begun = performance.now();
		const records = await own.getStatement(
			{ accountNumber: ACCOUNT, filter: { fromTime: '0' } },
			{ quietPeriod: QUIET_PERIOD, responseTimeout: 120_000 },
		);
		const seconds = (performance.now() - begun - QUIET_PERIOD) / 1_000;
		if (records.length !== count) throw new Error(`The statement has ${records.length} records instead of ${count}`);
		return seconds;
	};
	try {
		await own.ready();
		await read();
		const [ours, bare]: [number[], number[]] = [[], []];
		const [held, used]: [number[], number[]] = [[], []];
		const [batches, batchPeers]: [number[], number[]] = [[], []];
		for (let round = 0; round < scale.rounds; round += 1) {
			// What is compared comes right after each other.
			const seconds = await read();
			ours.push(count / seconds);
			bare.push(
				await perSecond(count, CONCURRENCY, async (index) => {
					const text = texts[index];
					await verify(text?.signedString ?? '', text?.signature ?? '');
				}),
			);
			if (round >= 2) continue;
			batchPeers.push(count / (await read()));
			batches.push(count / (await catchUpSeconds(settings, count, round)));
			// Readings of their own, because collecting garbage takes time.
			held.push((await peakGrowth(200, settledHeap, read)) / 1_048_576);
			used.push((await peakGrowth(20, () => process.memoryUsage().heapUsed, read)) / 1_048_576);
		}
		const memory = { what: 'Statement of 10,000 records, peak growth of the heap', peer: 'the records’ JSON' };
		return [
			finding(
				{
					what: 'Statement of 10,000 records',
					measure: 'records a second',
					peer: 'crypto.verify alone, asynchronous',
					target: { is: 'at least', value: 0.8 },
				},
				ours,
				bare,
			),
			finding(
				{ ...memory, measure: 'MiB that are held', target: { is: 'at most', value: 5 } },
				held,
				held.map(() => json / 1_048_576),
			),
			finding(
				{ ...memory, measure: 'MiB with the garbage that V8 had not collected yet' },
				used,
				used.map(() => json / 1_048_576),
			),
			finding(
				{
					what: 'Catching up 10,000 missed transfers with batch',
					measure: 'transfers a second',
					peer: 'the statement alone',
					target: { is: 'at least', value: 0.5 },
				},
				batches,
				batchPeers,
			),
		];
	} finally {
		own.close();
		connections.closeAll();
		client.sharedConnections.closeAll();
		await server.stop();
	}
}

/** By how much the heap was larger at most during `work` than before it. */
async function peakGrowth(interval: number, heap: () => number, work: () => Promise<unknown>): Promise<number> {
	const before = settledHeap();
	let peak = before;
	const watching = setInterval(() => {
		peak = Math.max(peak, heap());
	}, interval);
	await work();
	peak = Math.max(peak, heap());
	clearInterval(watching);
	return peak - before;
}

/**
 * From the activation of a trigger that missed everything to the end of the one execution that gets it.
 * @param activatedAt another one each time: a process goes on with what it knows of a trigger that was activated at the same moment
 */
async function catchUpSeconds(credential: Record<string, string>, count: number, activatedAt: number): Promise<number> {
	const engine = createEngine(await builtPackage());
	const workflow = chain(
		node(
			'Incoming',
			'n8n-nodes-cryptocapital.cryptoCapitalTrigger',
			{ events: ['incomingTransfer'], accountNumbers: [ACCOUNT], options: { batch: true } },
			{ credentials: { cryptoCapitalApi: { id: 'benchmark', name: 'Benchmark' } } },
		),
		node('Nothing', 'n8n-nodes-base.noOp'),
	);
	const staticData = {
		'node:Incoming': {
			activatedAt,
			accounts: { [ACCOUNT]: { floor: '0', done: '', syncedUntil: 0 } },
			inFlight: [],
		},
	};
	try {
		const begun = performance.now();
		const active = await engine.activate(workflow, { credentials: { cryptoCapitalApi: credential }, staticData });
		let items = 0;
		while (items < count) items += (await active.nextExecution()).items.length;
		// The trigger waits for the quiet period of the product, which is not work.
		return (performance.now() - begun - client.DEFAULT_OPTIONS.quietPeriod) / 1_000;
	} finally {
		await engine.close();
		client.sharedConnections.closeAll();
	}
}
