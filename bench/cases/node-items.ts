import { io } from 'socket.io-client';
import jsrsasign from 'jsrsasign';

import { createEngine, node, chain, nodeError, outputItems } from '../../test/engine';
import type { Finding, Scale } from '../measure';
import { finding, scaled } from '../measure';
import type { Parties } from '../messages';
import { ACCOUNT, COUNTERPARTY } from '../messages';
import { client } from '../product';
import { builtPackage } from '../built-package';
import { startLeanServer } from '../servers/start';
import { bareLoop } from './send-transfer';

/** Many items in one execution of the action node, in n8n-core's engine. */
export async function nodeItems(scale: Scale): Promise<Finding[]> {
	const server = await startLeanServer();
	const engine = createEngine(await builtPackage());
	const bare = await bareLoop(server.url, server.parties);
	const items = scaled(500, scale);
	const today = Math.max(2, Math.round(10 / scale.divisor));
	const workflow = chain(
		node('Start', 'n8n-nodes-base.manualTrigger'),
		node(
			'Send',
			'n8n-nodes-cryptocapital.cryptoCapital',
			{
				resource: 'transfer',
				operation: 'send',
				accountNumber: ACCOUNT,
				beneficiary: COUNTERPARTY,
				currency: 'USD',
				amount: 1.25,
				narrative: 'Benchmark',
			},
			{ credentials: { cryptoCapitalApi: { id: 'benchmark', name: 'Benchmark' } } },
		),
	);
	const credentials = {
		cryptoCapitalApi: {
			serverUrl: server.url,
			privateKey: server.parties.privateKey,
			serverPublicKey: server.parties.serverPublicKey,
		},
	};
	const input = Array.from({ length: items }, (_, index) => ({ json: { index } }));
	const execution = async () => {
		const begun = performance.now();
		const run = await engine.run(workflow, { credentials, input, startNode: 'Start' });
		const failed = nodeError(run, 'Send');
		if (failed) throw failed;
		if (outputItems(run, 'Send').length !== items) throw new Error('Not every item was sent');
		return items / ((performance.now() - begun) / 1_000);
	};
	const rate = async (times: number, send: () => Promise<unknown>) => {
		const begun = performance.now();
		for (let index = 0; index < times; index += 1) await send();
		return times / ((performance.now() - begun) / 1_000);
	};
	try {
		await execution();
		const [ours, theirs, todays]: [number[], number[], number[]] = [[], [], []];
		// They are short, so there are more of them.
		for (let round = 0; round < 2 * scale.rounds; round += 1) {
			ours.push(await execution());
			theirs.push(await rate(items, bare.send));
			todays.push(await rate(today, async () => await todaysWay(server.url, server.parties)));
		}
		const row = { what: '500 items in one execution of the action node', measure: 'transfers a second' };
		return [
			finding({ ...row, peer: 'bare sequential loop', target: { is: 'at least', value: 0.7 } }, ours, theirs),
			finding(
				{
					...row,
					peer: 'today’s way, a connection for each with jsrsasign',
					target: { is: 'at least', value: 10 },
				},
				ours,
				todays,
			),
		];
	} finally {
		bare.close();
		await engine.close();
		client.sharedConnections.closeAll();
		await server.stop();
	}
}

/** As a script in a Code node does it. */
async function todaysWay(url: string, { privateKey, publicKey }: Parties): Promise<void> {
	const sign = (text: string) => {
		const signer = new jsrsasign.KJUR.crypto.Signature({ alg: 'SHA256withECDSA' });
		signer.init({ d: Buffer.from(privateKey, 'base64').toString('hex'), curve: 'secp256k1' });
		signer.updateString(text);
		return Buffer.from(signer.sign(), 'hex').toString('base64');
	};
	const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
	const once = async (event: string) => await new Promise<void>((resolve) => socket.once(event, () => resolve()));
	await once('connect');
	const operation = async (name: string, signedPart: string, params?: object) => {
		const nonce = Date.now();
		const acknowledged = once('ack');
		const signed = sign(`${name.toUpperCase()}${publicKey}${nonce}${signedPart}`);
		socket.emit(name, JSON.stringify({ apiVersion: 2, key: publicKey, nonce, params, signed }));
		await acknowledged;
	};
	await operation('auth', '');
	const params = { accountNumber: ACCOUNT, beneficiary: COUNTERPARTY, currency: 'USD', amount: 1.25, narrative: 'Benchmark' };
	await operation('transfer', `${ACCOUNT}${COUNTERPARTY}USD1.25`, params);
	socket.close();
}
