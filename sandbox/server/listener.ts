import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { createServer as createNetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

import type { Faults } from '../faults/faults';
import type { ConnectionHandlers, ConnectionProtocol, PayloadStyle } from './connection';
import { Line } from './line';
import type { Heartbeat } from './socket-io-gate';
import { SocketIoGate } from './socket-io-gate';
import { WebSocketGate } from './web-socket-gate';

export interface ListenerOptions {
	host: string;
	/** 0 lets the system choose. */
	port: number;
	/** PEM texts. With them the server speaks TLS. */
	tls: { key: string; cert: string } | undefined;
	heartbeat: Heartbeat;
	/** Which protocols of Socket.IO are spoken; a client of the other one is refused as a server of its generation would. */
	socketIoProtocols: readonly SocketIoProtocol[];
	socketIoPayload: PayloadStyle;
	webSocketPayload: PayloadStyle;
	handlers: ConnectionHandlers;
	nextConnectionId: () => string;
	faults: Faults;
	/** Answers everything over HTTP that is not Socket.IO's. */
	web: RequestListener;
}

export type SocketIoProtocol = Exclude<ConnectionProtocol, 'webSocket'>;

const SOCKET_IO_PATH = '/socket.io/';
const WEB_SOCKET_PATH = '/ws';
/** What a Socket.IO server says to a client of a generation that it does not speak. */
const UNSUPPORTED_PROTOCOL = '{"code":5,"message":"Unsupported protocol version"}';

/** One port with everything on it: Socket.IO, WebSocket at `/ws`, the page and its control API. Stops once; a restart makes a new one. */
export class Listener {
	readonly #options: ListenerOptions;

	readonly #network: NetServer;

	/** Never listens: it is given lines instead of sockets. */
	readonly #http = createServer();

	readonly #socketIo: SocketIoGate;

	readonly #webSocket: WebSocketGate;

	readonly #sockets = new Set<Socket>();

	constructor(options: ListenerOptions) {
		const { handlers, nextConnectionId, tls } = options;
		this.#options = options;
		this.#socketIo = new SocketIoGate(handlers, nextConnectionId, options.socketIoPayload, options.heartbeat);
		this.#webSocket = new WebSocketGate(handlers, nextConnectionId, options.webSocketPayload);
		this.#http.on('request', (request, response) => this.#request(request, response));
		this.#http.on('upgrade', (request, line, head) => this.#upgrade(request, line as Line, head));
		const accept = (socket: Socket) => {
			this.#sockets.add(socket);
			socket.once('close', () => this.#sockets.delete(socket));
			this.#http.emit('connection', new Line(socket));
		};
		this.#network = tls ? createTlsServer(tls, accept) : createNetServer({ noDelay: true }, accept);
		// A client that does not trust the certificate hangs up during the handshake. That is its right.
		this.#network.on('tlsClientError', () => undefined);
	}

	async start(): Promise<number> {
		const { host, port } = this.#options;
		this.#network.listen(port, host);
		await once(this.#network, 'listening');
		return (this.#network.address() as AddressInfo).port;
	}

	/** Ends every connection and frees the port. */
	async stop(): Promise<void> {
		const closed = once(this.#network, 'close');
		this.#network.close();
		for (const socket of this.#sockets) socket.destroy();
		await this.#socketIo.close();
		this.#http.close();
		await closed;
	}

	#request(request: IncomingMessage, response: ServerResponse): void {
		const line = request.socket as unknown as Line;
		const path = pathOf(request);
		if (!path.startsWith(SOCKET_IO_PATH)) {
			// Whoever asks here why no WebSocket came about hears what the WebSocket would have heard.
			if (path !== WEB_SOCKET_PATH || this.#admits(line)) this.#options.web(request, response);
			return;
		}
		if (!this.#speaks(request)) {
			response.writeHead(400, { 'Content-Type': 'application/json' }).end(UNSUPPORTED_PROTOCOL);
			return;
		}
		// A request without a session is where a connection begins; the others are part of one.
		const isNew = !request.url?.includes('sid=');
		if (!isNew || this.#admits(line)) this.#socketIo.request(request, response, line);
	}

	#upgrade(request: IncomingMessage, line: Line, head: Buffer): void {
		const path = pathOf(request);
		if (path.startsWith(SOCKET_IO_PATH) && !this.#speaks(request)) {
			line.end(`HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: ${UNSUPPORTED_PROTOCOL.length}\r\n\r\n${UNSUPPORTED_PROTOCOL}`);
		} else if (path.startsWith(SOCKET_IO_PATH)) {
			const isNew = !request.url?.includes('sid=');
			if (!isNew || this.#admits(line)) this.#socketIo.upgrade(request, line, head);
		} else if (path === WEB_SOCKET_PATH) {
			if (this.#admits(line)) this.#webSocket.accept(request, line, head);
		} else {
			line.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
		}
	}

	#speaks(request: IncomingMessage): boolean {
		const version = new URL(request.url ?? '/', 'http://localhost').searchParams.get('EIO');
		return this.#options.socketIoProtocols.includes(version === '4' ? 'socketIo4' : 'socketIo3');
	}

	#admits(line: Line): boolean {
		const { faults } = this.#options;
		if (faults.take('refuseConnections')) {
			line.cut();
			return false;
		}
		if (faults.take('acceptAndStaySilent')) {
			line.silence();
			return false;
		}
		return true;
	}
}

function pathOf(request: IncomingMessage): string {
	return new URL(request.url ?? '/', 'http://localhost').pathname;
}
