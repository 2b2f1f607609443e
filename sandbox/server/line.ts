import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * A TCP connection between the network and everything that speaks HTTP or WebSocket, which takes this for the socket itself. It is what lets a
 * connection fall silent or be cut underneath whatever library is using it.
 */
export class Line extends Duplex {
	readonly #socket: Socket;

	#silent = false;

	constructor(socket: Socket) {
		// Half-open in the sense of streams: the end of one direction must not end the other by itself.
		super({ allowHalfOpen: true });
		this.#socket = socket;
		socket.on('data', (chunk: Buffer) => {
			// A silent line reads on and forgets, so that the other side's end is noticed.
			if (!this.#silent && !this.push(chunk)) socket.pause();
		});
		socket.on('end', () => {
			if (this.#silent) socket.destroy();
			else this.push(null);
		});
		// Resets are what faults are made of. The close that follows tells everything there is to tell.
		socket.on('error', () => undefined);
		socket.on('close', () => this.destroy());
	}

	get remoteAddress(): string | undefined {
		return this.#socket.remoteAddress;
	}

	get remotePort(): number | undefined {
		return this.#socket.remotePort;
	}

	/** From now on nothing is sent and nothing is heard, and the connection stays open until the other side ends it, or the server stops. */
	silence(): void {
		this.#silent = true;
		this.#socket.resume();
	}

	/** Ends the connection at once. What was not written yet is lost. */
	cut(): void {
		this.#socket.destroy();
	}

	/** Ends the connection when everything is written that it was given. */
	cutAfterWriting(): void {
		this.end();
	}

	override _read(): void {
		this.#socket.resume();
	}

	override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
		if (this.#silent) done();
		else this.#socket.write(chunk, encoding, done);
	}

	override _final(done: () => void): void {
		if (!this.#silent) this.#socket.destroySoon();
		done();
	}

	override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
		if (!this.#silent) this.#socket.destroy();
		done(error);
	}
}
