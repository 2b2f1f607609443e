import type { Finding, Scale } from '../measure';
import { finding, scaled, settledHeap } from '../measure';
import { client } from '../product';
import { startLeanServer } from '../servers/start';

/** Each heartbeat in the real world is 25 s apart; here the client’s part of a thousand of them is played by the server’s pings. */
export async function idle(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer(undefined, { pingInterval: 10 });
	const connections = new client.ConnectionPool();
	const own = new client.CryptoCapitalClient(
		{ serverUrl: server.url, privateKey: server.parties.privateKey, serverPublicKey: server.parties.serverPublicKey },
		connections,
	);
	try {
		await own.ready();
		const beats = scaled(1_000, scale);
		const wait = async (count: number) => await new Promise((resolve) => setTimeout(resolve, count * 10));
		await wait(Math.min(200, beats));
		const before = settledHeap() / 1_048_576;
		await wait(beats);
		const after = settledHeap() / 1_048_576;
		const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
		return [
			finding(
				{
					what: 'Heap of an idle connection after 1,000 heartbeats',
					measure: 'MiB',
					peer: 'before them',
					target: { is: 'at most', value: 1.1 },
				},
				[after],
				[before],
			),
			finding(
				{
					what: 'Timers of an idle connection',
					measure: 'timers',
					peer: 'the heartbeat’s one',
					target: { is: 'at most', value: 1 },
				},
				[timers],
				[1],
			),
		];
	} finally {
		own.close();
		connections.closeAll();
		await server.stop();
	}
}
