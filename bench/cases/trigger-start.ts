import { setTimeout as pause } from 'node:timers/promises';

import { chain, createEngine, node } from '../../test/engine';
import { builtPackage } from '../built-package';
import type { Finding, Scale } from '../measure';
import { finding, latencies, median, scaled } from '../measure';
import { ACCOUNT, signedTransfers } from '../messages';
import { bareCrypto } from '../peers/verifiers';
import { client } from '../product';
import { startLeanServer } from '../servers/start';

/** From the moment a message is handed to the socket's listener to the moment its workflow has ended. */
export async function triggerStart(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer();
	const times = scaled(200, scale);
	const rounds = Math.min(3, scale.rounds);
	await server.prepare(times * rounds + 1, 1);
	const engine = createEngine(await builtPackage());
	const credentials = {
		cryptoCapitalApi: {
			serverUrl: server.url,
			privateKey: server.parties.privateKey,
			serverPublicKey: server.parties.serverPublicKey,
		},
	};
	const settings = client.readSettings(credentials.cryptoCapitalApi);
	const workflow = chain(
		node(
			'Incoming',
			'n8n-nodes-cryptocapital.cryptoCapitalTrigger',
			// Later than every prepared record's number: the statement then shows nothing to catch up on.
			{ events: ['incomingTransfer'], accountNumbers: [ACCOUNT], options: { catchUp: false } },
			{ credentials: { cryptoCapitalApi: { id: 'benchmark', name: 'Benchmark' } } },
		),
		node('Nothing', 'n8n-nodes-base.noOp'),
	);
	const empty = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Nothing', 'n8n-nodes-base.noOp'));
	const texts = await signedTransfers(200, server.parties);
	const verify = bareCrypto(server.parties.serverPublicKey);
	try {
		const active = await engine.activate(workflow, { credentials });
		const lease = client.sharedConnections.acquire(settings);
		await lease.session.ready(10_000);
		// The trigger reads where its account begins before it takes anything.
		await pause(5_000);
		const [ours, theirs]: [number[], number[]] = [[], []];
		// The statement of the beginning has shown the newest record; what is announced must be newer.
		await server.prepare(times * rounds, 100_000);
		for (let round = 0; round < rounds; round += 1) {
			const measured = await latencies(times, async (index) => {
				const next = active.nextExecution();
				server.announce(1, round * times + index);
				await next;
			});
			ours.push(median(measured));
			const verification = median(
				await latencies(200, async (index) => await verify(texts[index]?.signedString ?? '', texts[index]?.signature ?? '')),
			);
			const execution = median(await latencies(times, async () => await engine.run(empty, { startNode: 'Start' })));
			theirs.push(verification + execution);
		}
		lease.release();
		return [
			finding(
				{
					what: 'Socket message to the end of its workflow, in n8n-core',
					measure: 'milliseconds, p50',
					peer: 'one verification and one empty execution',
					target: { is: 'at most', value: 1.3 },
				},
				ours,
				theirs,
			),
		];
	} finally {
		await engine.close();
		client.sharedConnections.closeAll();
		await server.stop();
	}
}
