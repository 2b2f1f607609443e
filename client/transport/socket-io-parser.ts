import type { SocketIoDecoder, SocketIoEncoder, SocketIoPacket, SocketIoParser } from './bundled/library';
import { MAXIMUM_PAYLOAD_LENGTH, type TransportHandlers } from './transport';

/** The packet types that mean something here; 5 and 6 announce binary attachments, which the API never sends. */
const PacketType = { event: 2, refusal: 4, binaryEvent: 5 } as const;

/**
 * The one event under which all messages reach the socket, with their type as first value. Under their own names they could be
 * taken for the library's events of the same name – in Socket.IO 1 and 2 `error` is one – and only known types could be listened for.
 */
export const MESSAGE_EVENT = 'message of the API';

type PacketListener = (packet: SocketIoPacket) => void;

/**
 * Socket.IO's packet format, which is the same from version 1 to 4, in place of the libraries' own parsers: those decode frames of any
 * length, and end the connection, or throw, at a frame that they cannot read. Here such a frame is dropped and reported.
 */
export function createParser(onUnreadable: TransportHandlers['onUnreadable']): SocketIoParser {
	return {
		Encoder: PacketEncoder,
		Decoder: class extends PacketDecoder {
			constructor() {
				super(onUnreadable);
			}
		},
	};
}

class PacketEncoder implements SocketIoEncoder {
	encode({ type, nsp, id, data }: SocketIoPacket, callback?: (frames: string[]) => void): string[] {
		const namespace = nsp === '/' ? '' : `${nsp},`;
		const frames = [`${type}${namespace}${id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`];
		callback?.(frames);
		return frames;
	}
}

class PacketDecoder implements SocketIoDecoder {
	private readonly listeners = new Set<PacketListener>();

	constructor(private readonly onUnreadable: TransportHandlers['onUnreadable']) {}

	add(frame: unknown): void {
		if (typeof frame === 'string' && frame.length > MAXIMUM_PAYLOAD_LENGTH) {
			this.onUnreadable('oversized');
			return;
		}
		const packet = typeof frame === 'string' ? readPacket(frame) : undefined;
		if (packet === undefined) {
			this.onUnreadable('malformed');
			return;
		}
		for (const listener of [...this.listeners]) listener(packet);
	}

	on(_event: 'decoded', listener: PacketListener): void {
		this.listeners.add(listener);
	}

	off(_event: 'decoded', listener: PacketListener): void {
		this.listeners.delete(listener);
	}

	removeListener(event: 'decoded', listener: PacketListener): void {
		this.off(event, listener);
	}

	destroy(): void {
		this.listeners.clear();
	}
}

const PACKET = /^(?<type>[0-4])(?<namespace>\/[^,]*)?,?(?<id>\d+)?(?<json>[[{"].*)?$/s;

function readPacket(frame: string): SocketIoPacket | undefined {
	const groups = PACKET.exec(frame)?.groups;
	if (groups === undefined) return undefined;
	const packet: SocketIoPacket = { type: Number(groups.type), nsp: groups.namespace ?? '/' };
	if (groups.json !== undefined) {
		try {
			packet.data = JSON.parse(groups.json) as unknown;
		} catch {
			return undefined;
		}
	}
	// The id of an event asks for an acknowledgement by the library, which the API does not know: its own are messages.
	if (packet.type === PacketType.event) return readEvent(packet);
	if (packet.type === PacketType.refusal && isSignedMessage(packet.data)) return messageEvent(packet, 'error', packet.data);
	return packet;
}

function readEvent(packet: SocketIoPacket): SocketIoPacket | undefined {
	if (!Array.isArray(packet.data)) return undefined;
	const [type, payload] = packet.data as unknown[];
	return typeof type === 'string' ? messageEvent(packet, type, payload) : undefined;
}

function messageEvent(packet: SocketIoPacket, type: string, payload: unknown): SocketIoPacket {
	return { type: PacketType.event, nsp: packet.nsp, data: [MESSAGE_EVENT, type, payload] };
}

/**
 * A server of Socket.IO 1 or 2 that calls `socket.error(message)` sends a packet of the type with which the library refuses a connection.
 * What it carries tells the two apart: the API's `error` message is signed, the library's refusals are words.
 */
function isSignedMessage(data: unknown): boolean {
	if (typeof data !== 'string') return typeof data === 'object' && data !== null && 'signed' in data;
	try {
		const parsed: unknown = JSON.parse(data);
		return typeof parsed === 'object' && isSignedMessage(parsed);
	} catch {
		return false;
	}
}
