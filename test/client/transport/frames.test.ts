import { MAXIMUM_PAYLOAD_LENGTH } from '../../../client/transport/transport';
import { GENERATIONS, startServer, type RealServer, type ServerConnection } from '../../servers/real-servers';
import { connectBothEnds, connectTo, type Recorder } from './recorder';

const TEN_MEGABYTES = 10 * 1024 * 1024;

/** Frames that are no message, in each framing. */
const MALFORMED = {
	socketIo: [
		'not a packet',
		'2',
		'2{"an":"object"}',
		'2["transfer"',
		'2[]',
		'2[null]',
		'2[7,"no type"]',
		'9["transfer","{}"]',
		'51-["transfer",{"_placeholder":true,"num":0}]',
		Buffer.from('binary'),
	],
	webSocket: ['', 'not JSON', 'null', '[]', '"transfer"', '{"data":{}}', '{"msg":7,"data":{}}', Buffer.from('binary')],
};

describe.each(GENERATIONS)('frames that are no message, from a real server: %s', (generation) => {
	let server: RealServer;
	let recorder: Recorder;
	let seenByServer: ServerConnection;
	let close: () => void;

	beforeEach(async () => {
		server = await startServer(generation, { handler: (connection) => connection.send('ack', 'still here') });
		const opened = await connectBothEnds(server);
		({ recorder, seenByServer } = opened);
		await recorder.first(1);
		recorder.reports.length = 0;
		close = () => opened.connection.close();
	});

	afterEach(async () => {
		close();
		await server.stop();
	});

	it('drops and reports what is malformed, and the connection stays', async () => {
		const frames = MALFORMED[generation === 'webSocket' ? 'webSocket' : 'socketIo'];
		for (const frame of frames) seenByServer.sendRaw(frame);
		seenByServer.send('ack', 'still here');
		expect(await recorder.first(frames.length + 1)).toEqual([
			...frames.map(() => ({ unreadable: 'malformed' })),
			{ message: 'ack', payload: 'still here' },
		]);
	});

	it.each([MAXIMUM_PAYLOAD_LENGTH, TEN_MEGABYTES])('drops and reports a payload of %d characters, and the connection stays', async (length) => {
		seenByServer.send('transfer', 'x'.repeat(length));
		seenByServer.send('ack', 'still here');
		expect(await recorder.first(2)).toEqual([{ unreadable: 'oversized' }, { message: 'ack', payload: 'still here' }]);
	});

	it('takes a payload just below the limit', async () => {
		const payload = 'x'.repeat(MAXIMUM_PAYLOAD_LENGTH - 100);
		seenByServer.send('transfer', payload);
		expect(await recorder.first(1)).toEqual([{ message: 'transfer', payload }]);
	});
});

describe.each(['socketIo1', 'socketIo2'] as const)('the event error of %s', (generation) => {
	const signed = { key: 'a key', params: { nonce: 1, msg: 'Insufficient funds' }, signed: 'a signature' };

	it.each([signed, JSON.stringify(signed)])('is a message where it carries one', async (payload) => {
		const server = await startServer(generation);
		const { connection, recorder } = await connectTo(server);
		for (const seenByServer of server.connections) seenByServer.sendErrorPacket(payload);
		expect(await recorder.first(1)).toEqual([{ message: 'error', payload }]);
		connection.close();
		await server.stop();
	});

	it.each(['Invalid namespace', '{"error":"not signed"}', { code: 1 }])(
		'is no message where the library says something: %j',
		async (payload) => {
			const server = await startServer(generation, { handler: (seenByServer) => seenByServer.send('ack', 'still here') });
			const { connection, recorder } = await connectTo(server);
			for (const seenByServer of server.connections) seenByServer.sendErrorPacket(payload);
			connection.send('auth', '{}');
			expect(await recorder.first(2)).toEqual([{ unreadable: 'malformed' }, { message: 'ack', payload: 'still here' }]);
			connection.close();
			await server.stop();
		},
	);

	it('is the end of the connection where the transport fails', async () => {
		const server = await startServer(generation);
		const { recorder } = await connectTo(server);
		await server.stop();
		expect(await recorder.first(1)).toEqual([{ closed: true }]);
	});
});
