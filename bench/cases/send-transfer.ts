import { io } from 'socket.io-client';

import type { Finding, Scale } from '../measure';
import { alternatingLatencies, finding, median, percentile, perSecond, scaled } from '../measure';
import type { Parties } from '../messages';
import { ACCOUNT, bareSigner, COUNTERPARTY } from '../messages';
import { client } from '../product';
import { startLeanServer } from '../servers/start';

const REQUEST = { accountNumber: ACCOUNT, beneficiary: COUNTERPARTY, currency: 'USD', amount: 1.25, narrative: 'Benchmark' };

const IN_FLIGHT = 16;

export async function sendTransfer(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer();
	const connections = new client.ConnectionPool();
	const own = new client.CryptoCapitalClient(
		{ serverUrl: server.url, privateKey: server.parties.privateKey, serverPublicKey: server.parties.serverPublicKey },
		connections,
	);
	const bare = await bareLoop(server.url, server.parties);
	try {
		await own.ready();
		const times = scaled(400, scale);
		const ours = { p50: [] as number[], p99: [] as number[] };
		const theirs = { p50: [] as number[], p99: [] as number[] };
		const sending = [async () => await own.sendTransfer(REQUEST), bare.send] as const;
		await alternatingLatencies(times, sending);
		for (let round = 0; round < scale.rounds; round += 1) {
			const measured = await alternatingLatencies(times, sending);
			for (const [index, into] of [ours, theirs].entries()) {
				into.p50.push(median(measured[index] ?? []));
				into.p99.push(percentile(measured[index] ?? [], 0.99));
			}
		}
		const [pipelined, oneByOne]: [number[], number[]] = [[], []];
		for (let round = 0; round < scale.rounds; round += 1) {
			pipelined.push(await perSecond(times, IN_FLIGHT, sending[0]));
			oneByOne.push(await perSecond(times, 1, sending[0]));
		}
		const row = {
			what: 'One transfer, engine excluded, to its acknowledgement',
			peer: 'bare socket.io-client loop that signs with node:crypto',
		};
		return [
			finding({ ...row, measure: 'milliseconds, p50', target: { is: 'at most', value: 1.2 } }, ours.p50, theirs.p50),
			finding({ ...row, measure: 'milliseconds, p99', target: { is: 'at most', value: 2 } }, ours.p99, theirs.p99),
			finding(
				{
					what: `Transfers of one client, ${IN_FLIGHT} in flight`,
					measure: 'transfers a second',
					peer: 'the same, one after the other',
				},
				pipelined,
				oneByOne,
			),
		];
	} finally {
		own.close();
		connections.closeAll();
		bare.close();
		await server.stop();
	}
}

/** Connects once, then signs, sends and waits for the acknowledgement: no checks, no time-outs, no reconnection. */
export async function bareLoop(url: string, { privateKey, publicKey }: Parties) {
	const sign = bareSigner(privateKey, publicKey);
	const socket = io(url, { transports: ['websocket'] });
	await new Promise<void>((resolve) => socket.once('connect', () => resolve()));
	let nonce = 0;
	const send = async () => {
		nonce = Math.max(nonce + 1, Date.now());
		const { accountNumber, beneficiary, currency, amount, narrative } = REQUEST;
		const signed = sign(`TRANSFER${publicKey}${nonce}${accountNumber}${beneficiary}${currency}${amount}`);
		const acknowledged = new Promise<void>((resolve) => socket.once('ack', () => resolve()));
		const params = { accountNumber, beneficiary, currency, amount, narrative };
		socket.emit('transfer', JSON.stringify({ apiVersion: 2, key: publicKey, nonce, params, signed }));
		await acknowledged;
	};
	return { send, close: () => socket.close() };
}
