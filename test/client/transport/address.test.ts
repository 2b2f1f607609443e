import { serverOf, socketIoAddress, webSocketAddress } from '../../../client/transport/address';
import { startServer } from '../../servers/real-servers';
import { connectTo } from './recorder';

describe('where a URL leads', () => {
	it.each([
		['https://api.cryptocapital.co', 'wss://api.cryptocapital.co/ws'],
		['https://api.cryptocapital.co/', 'wss://api.cryptocapital.co/ws'],
		['wss://api.cryptocapital.co/other', 'wss://api.cryptocapital.co/other'],
		['http://localhost:3000', 'ws://localhost:3000/ws'],
		['WS://[::1]:3000', 'ws://[::1]:3000/ws'],
		['https://name:secret@host/?token=1#top', 'wss://host/ws?token=1'],
	])('over WebSocket: %s to %s', (url, address) => {
		expect(webSocketAddress(url)).toBe(address);
	});

	it.each([
		['https://api.cryptocapital.co', 'https://api.cryptocapital.co', '/socket.io'],
		['wss://api.cryptocapital.co/', 'https://api.cryptocapital.co', '/socket.io'],
		['ws://localhost:3000/bank/', 'http://localhost:3000', '/bank/socket.io'],
		['http://localhost:3000/socket.io/', 'http://localhost:3000', '/socket.io'],
		['https://name:secret@host', 'https://host', '/socket.io'],
	])('over Socket.IO: %s to %s and %s', (url, origin, path) => {
		expect(socketIoAddress(url)).toEqual({ origin, path, query: {} });
	});

	it('hands a query on', () => {
		expect(socketIoAddress('https://host/?region=pa').query).toEqual({ region: 'pa' });
	});

	it('names the server as the user wrote it, without what may be secret', () => {
		expect(serverOf('wss://name:secret@host:8443/path?token=1')).toBe('wss://host:8443');
	});

	it.each(['socketIo2', 'socketIo4', 'webSocket'] as const)('over the name localhost, too: %s', async (generation) => {
		const server = await startServer(generation);
		const { connection } = await connectTo({ url: `http://localhost:${server.port}/?region=pa`, kind: server.kind });
		connection.close();
		await server.stop();
	});
});
