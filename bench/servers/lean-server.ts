import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';

import type { Socket } from 'socket.io';
import { Server } from 'socket.io';

import type { Parties } from '../messages';
import { ACCOUNT, signedTransfers } from '../messages';
import { client } from '../product';

/**
 * A server that does as little as the protocol allows, so that what is measured is the client: it acknowledges whatever comes, answers
 * `account`, and sends records that were signed beforehand. A process of its own, told what to do by messages.
 */
export type Command = { announce: number; from: number; to?: number } | { prepare: number; first: number };
export type Report = { listening: string } | { prepared: number };

interface Operation {
	nonce: number;
	params?: { accountNumber: string; limit?: string };
}

async function serve(parties: Parties, heartbeat: { pingInterval?: number }): Promise<void> {
	const http = createServer();
	const sockets = new Set<Socket>();
	const key = client.readPrivateKey(parties.serverPrivateKey);
	if (!key.ok) throw new Error('The benchmark passed on a key that cannot be used');
	let records: string[] = [];
	let lastNonce = 0;

	const answerAccount = async (socket: Socket, accountNumber: string) => {
		lastNonce = Math.max(lastNonce + 1, Date.now());
		const message = {
			type: 'account' as const,
			key: parties.serverPublicKey,
			nonce: String(lastNonce),
			rcpt: parties.publicKey,
			params: { accountNumber, name: 'Current Account', currency: 'USD', balance: '100.00', available: '100.00' },
		};
		const signed = await key.value.sign(client.messageSignedString(message));
		socket.emit('account', JSON.stringify({ ...message, signed }));
	};

	new Server(http, { transports: ['websocket'], ...heartbeat }).on('connection', (socket) => {
		sockets.add(socket);
		socket.on('disconnect', () => sockets.delete(socket));
		for (const operation of ['auth', 'transfer', 'statement', 'account']) {
			socket.on(operation, (text: string) => {
				const { nonce, params } = JSON.parse(text) as Operation;
				socket.emit('ack', JSON.stringify({ nonce }));
				if (operation === 'account') void answerAccount(socket, params?.accountNumber ?? ACCOUNT);
				if (operation === 'statement') {
					const wanted = params?.limit === undefined ? records : records.slice(-Number(params.limit));
					for (const record of wanted) socket.emit('transfer', record);
				}
			});
		}
	});
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	report({ listening: `http://127.0.0.1:${(http.address() as AddressInfo).port}` });

	process.on('message', (command: Command) => {
		if ('prepare' in command) {
			void signedTransfers(command.prepare, parties, command.first).then((texts) => {
				records = texts.map(({ payload }) => payload);
				report({ prepared: records.length });
			});
		} else {
			for (const record of records.slice(command.from, command.from + command.announce)) {
				const receivers = [...sockets];
				for (const socket of command.to === undefined ? receivers : receivers.slice(command.to, command.to + 1)) {
					socket.emit('transfer', record);
				}
			}
		}
	});
	process.on('disconnect', () => process.exit(0));
}

function report(message: Report): void {
	process.send?.(message);
}

void serve(JSON.parse(process.argv[2] ?? '{}') as Parties, JSON.parse(process.argv[3] ?? '{}') as { pingInterval?: number });
