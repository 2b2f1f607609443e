import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** A way to a server that can be closed for a while: connections end, and new ones are refused as fast as they come. */
export class SeverableWay {
	readonly #sockets = new Set<Socket>();

	#isOpen = true;

	readonly #server;

	private constructor(host: string, port: number) {
		this.#server = createServer((inside) => {
			if (!this.#isOpen) {
				inside.destroy();
				return;
			}
			const outside = connect({ host, port });
			this.#tie(inside, outside);
			this.#tie(outside, inside);
		});
	}

	static async to(host: string, port: number): Promise<SeverableWay> {
		const way = new SeverableWay(host, port);
		way.#server.listen(0, '127.0.0.1');
		await once(way.#server, 'listening');
		return way;
	}

	get port(): number {
		return (this.#server.address() as AddressInfo).port;
	}

	sever(): void {
		this.#isOpen = false;
		for (const socket of this.#sockets) socket.destroy();
	}

	restore(): void {
		this.#isOpen = true;
	}

	async close(): Promise<void> {
		this.sever();
		this.#server.close();
		await once(this.#server, 'close');
	}

	#tie(from: Socket, to: Socket): void {
		this.#sockets.add(from);
		from.pipe(to);
		from.on('close', () => {
			this.#sockets.delete(from);
			to.destroy();
		});
		// How a connection ends makes no difference here; `close` follows.
		from.on('error', () => undefined);
	}
}
