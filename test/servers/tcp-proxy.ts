import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A network that can be cut in ways a server's own API cannot: what is sent no longer arrives, and nobody is told. */
export interface TcpProxy {
	readonly port: number;
	/** From now on nothing is forwarded in either direction, and no connection ends: a half-open connection. */
	freeze(): void;
	stop(): Promise<void>;
}

export async function startProxy(targetPort: number): Promise<TcpProxy> {
	const sockets = new Set<Socket>();
	let frozen = false;
	const forward = (from: Socket, to: Socket) => {
		sockets.add(from);
		from.on('data', (chunk) => {
			if (!frozen) to.write(chunk);
		});
		from.on('close', () => {
			sockets.delete(from);
			if (!frozen) to.destroy();
		});
		// A reset is one of the ways in which a proxied connection ends; `close` follows.
		from.on('error', () => undefined);
	};
	const server = createServer((inside) => {
		const outside = connect(targetPort, '127.0.0.1');
		forward(inside, outside);
		forward(outside, inside);
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		freeze: () => {
			frozen = true;
		},
		stop: async () => {
			const closed = once(server, 'close');
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
