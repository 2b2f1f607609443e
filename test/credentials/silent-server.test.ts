import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { DEMO_PRIVATE_KEYS } from '../../sandbox';
import { createEngine } from '../engine';
import { CryptoCapitalApi } from '../../credentials/CryptoCapitalApi.credentials';
import { CryptoCapital } from '../../nodes/CryptoCapital/CryptoCapital.node';

it('a server that accepts and never speaks is given up on before the ten seconds are over', async () => {
	const sockets: Socket[] = [];
	const server = createServer((socket) => {
		// Without reading it would not notice the end either.
		sockets.push(socket.resume());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const engine = createEngine({ nodes: { 'test.action': CryptoCapital }, credentialTypes: [CryptoCapitalApi] });
	const serverUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const tooLate = AbortSignal.timeout(10_000);

	const { status, message } = await engine.testCredential('cryptoCapitalApi', {
		serverUrl,
		privateKey: DEMO_PRIVATE_KEYS.merchant,
	});

	expect(tooLate.aborted).toBe(false);
	expect(status).toBe('Error');
	expect(message).toContain(`${serverUrl} accepted the connection and then did not answer`);
	await Promise.all(sockets.map(async (socket) => socket.closed || (await once(socket, 'close'))));
	await engine.close();
	server.close();
}, 20_000);
