import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';

/** Ports that nobody listens on, chosen by the system, for programs that cannot let it choose themselves. */
export async function freePorts(count: number): Promise<number[]> {
	const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
	for (const server of servers) if (!server.listening) await once(server, 'listening');
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(
		servers.map(async (server) => {
			server.close();
			await once(server, 'close');
		}),
	);
	return ports;
}
