import { DEFAULT_SESSION_OPTIONS } from '../../../client/connection-pool';
import type { ServerMessage, TransferRecord } from '../../../client/protocol';
import { MESSAGE_FIELDS } from '../../../client/protocol';
import { Session } from '../../../client/session/session';
import { readSettings } from '../../../client/settings';
import { seededRandom } from '../../../sandbox/faults/random';
import { namedKey, signMessage } from '../../client/keys';
import { SERVER_KEY, SigningBank } from '../../client/signing-bank';
import type { ServerConnection } from '../../servers/real-servers';
import { startServer } from '../../servers/real-servers';
import { argument, report } from '../support/child';
import type { Random, Wire } from './mutations';
import { mutate } from './mutations';

/** Sends frames that are wrong in every way to a real session over a real socket, and tells what it made of them. */
export interface FuzzerArgument {
	readonly transport: 'webSocket' | 'socketIo';
	readonly seed: number;
	readonly frames: number;
}

export interface FuzzerReport {
	/** Verified messages whose content nobody signed. */
	readonly forged: readonly string[];
	/** Frames that carried a genuine message all the same: what was changed was not part of it. */
	readonly genuine: number;
	readonly unaccepted: number;
	readonly connections: number;
	readonly state: string;
	/** Bytes in use after collecting garbage, when it was warm and at the end. */
	readonly heap: readonly [warm: number, end: number];
	/** Things that the frames added to every object. */
	readonly pollution: readonly string[];
}

const KEY = namedKey('the client');
const MESSAGES = 60;
/** Frames between two genuine messages, whose arrival shows that all before them were looked at. */
const CHUNK = 500;
const NARRATIVES = ['Invoice 7', '150.00', '', '5 invoice', 'Grüße 🪙', '12', '{"id":"1"}', ' [INV-1]', '0.00USD'];

async function genuineMessages(random: Random): Promise<Wire[]> {
	const digits = (length: number) => Array.from({ length }, () => Math.floor(random() * 10)).join('');
	const amount = () => `${1 + Math.floor(random() * 2_000)}.${digits(2)}`;
	return await Promise.all(
		Array.from({ length: MESSAGES }, async (_, index): Promise<Wire> => {
			const nonce = String(1_429_815_000_000 + index);
			const envelope = { key: SERVER_KEY.publicKey, rcpt: KEY.publicKey, nonce };
			if (index % 10 === 8) {
				const params = { accountNumber: `9${digits(9)}`, name: `Account ${index}`, currency: 'USD', balance: amount(), available: amount() };
				return { type: 'account', payload: { ...(await signMessage(SERVER_KEY, { type: 'account', ...envelope, params })) } };
			}
			if (index % 10 === 9) {
				const params = { nonce: `1${digits(12)}`, msg: `Insufficient funds ${index}` };
				return { type: 'error', payload: { ...(await signMessage(SERVER_KEY, { type: 'error', ...envelope, params })) } };
			}
			const value = amount();
			const params: TransferRecord = {
				id: String(1_000 + index),
				date: '2015-04-23',
				sendAccount: `9${digits(9)}`,
				receiveAccount: `9${digits(9)}`,
				sendCurrency: 'USD',
				receiveCurrency: 'USD',
				sendAmount: value,
				receiveAmount: value,
				narrative: NARRATIVES[index % NARRATIVES.length] ?? '',
			};
			return { type: 'transfer', payload: { ...(await signMessage(SERVER_KEY, { type: 'transfer', ...envelope, params })) } };
		}),
	);
}

/** All that a signature stands for. */
function contentOf({ type, key, nonce, rcpt, params }: ServerMessage): string {
	const fields = params as unknown as Readonly<Record<string, unknown>>;
	return JSON.stringify([type, key, nonce, rcpt, ...MESSAGE_FIELDS[type].map((name) => fields[name])]);
}

async function main(): Promise<void> {
	const { transport, seed, frames } = argument() as FuzzerArgument;
	const random = seededRandom(seed);
	const bank = new SigningBank();
	const server = await startServer(transport === 'webSocket' ? 'webSocket' : 'socketIo4', { handler: bank.handler });
	const settings = readSettings({
		serverUrl: server.url,
		transport,
		privateKey: KEY.privateKey,
		serverPublicKey: SERVER_KEY.publicKey,
	});
	const session = new Session(settings, { ...DEFAULT_SESSION_OPTIONS, silence: 600_000 });
	const messages = await genuineMessages(random);
	const signed = new Set(messages.map(({ type, payload }) => contentOf({ type, ...payload } as unknown as ServerMessage)));
	const forged: string[] = [];
	let genuine = 0;
	let unaccepted = 0;
	let passed = () => {};
	session.onMessage.add(({ message }) => {
		if (message.type === 'account' && message.params.name === 'Marker') passed();
		else if (signed.has(contentOf(message))) genuine += 1;
		else forged.push(contentOf(message));
	});
	session.onUnaccepted.add(() => {
		unaccepted += 1;
	});
	await session.ready(30_000);
	const [connection] = server.connections;
	if (!connection) throw new Error('The session is connected');

	let warm = 0;
	for (let sent = 0; sent < frames; sent += CHUNK) {
		const looked = new Promise<void>((resolve) => {
			passed = resolve;
		});
		for (let frame = 0; frame < CHUNK; frame += 1) {
			const [wire, other] = [pick(messages, random), pick(messages, random)];
			sendFrame(connection, transport, mutate(wire, other, random), wire.type);
		}
		await bank.tell(connection, 'account', { accountNumber: '9000000000', name: 'Marker', currency: 'USD', balance: '0.00', available: '0.00' });
		await looked;
		if (warm === 0 && sent >= frames / 4) warm = await heapInUse();
	}
	const done: FuzzerReport = {
		forged,
		genuine,
		unaccepted,
		connections: session.connections,
		state: session.state,
		heap: [warm, await heapInUse()],
		pollution: inherited({}),
	};
	await report(JSON.parse(JSON.stringify(done)) as FuzzerReport & string);
	session.close();
	await server.stop();
	process.disconnect();
}

/** Over Socket.IO a broken packet ends the connection, as it should; so there the damage is within the message. */
function sendFrame(connection: ServerConnection, transport: FuzzerArgument['transport'], frame: string, type: string): void {
	if (transport === 'webSocket') {
		connection.sendRaw(frame);
		return;
	}
	try {
		const { msg, data } = JSON.parse(frame) as { msg: unknown; data: unknown };
		connection.send(typeof msg === 'string' && msg !== '' ? msg : type, data);
	} catch {
		connection.send(type, frame);
	}
}

async function heapInUse(): Promise<number> {
	// Twice, with a turn between: what the first collection finalises is only free after the second.
	for (let round = 0; round < 2; round += 1) {
		globalThis.gc?.();
		await new Promise(setImmediate);
	}
	return process.memoryUsage().heapUsed;
}

function inherited(object: object): string[] {
	const names: string[] = [];
	for (const name in object) names.push(name);
	return names;
}

function pick<Value>(values: readonly Value[], random: Random): Value {
	return values[Math.floor(random() * values.length)] as Value;
}

void main();
