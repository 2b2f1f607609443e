import type { RealServer } from '../../servers/real-servers';
import { startProxy, type TcpProxy } from '../../servers/tcp-proxy';
import { nextOf, settingsFor, TestPool } from '../clients';
import { startBank, type SigningBank } from '../signing-bank';

const SILENCE = 30_000;
const PATIENCE = 7_000;

describe('a WebSocket on which nothing comes any more', () => {
	let bank: SigningBank;
	let server: RealServer;
	let proxy: TcpProxy;
	let connections: TestPool;

	beforeEach(async () => {
		({ bank, server } = await startBank('webSocket'));
		proxy = await startProxy(server.port);
		connections = new TestPool({ silence: SILENCE, probeTimeout: PATIENCE });
	});

	afterEach(async () => {
		connections.close();
		await proxy.stop();
		await server.stop();
	});

	const settings = () => settingsFor({ url: `http://127.0.0.1:${proxy.port}`, kind: 'webSocket' });

	it('is given up when a probe stays unanswered, although nobody closed it', async () => {
		const client = await connections.readyClient(settings());
		const lost = nextOf(client.session.onDisconnected);
		proxy.freeze();
		const probed = connections.clock.timer(PATIENCE);
		connections.clock.skip(SILENCE);
		await probed;
		expect(client.session.state).toBe('ready');
		connections.clock.skip(PATIENCE);
		expect(await lost).toMatchObject({ name: 'ConnectionError', reason: 'lost' });
		expect(bank.received).toHaveLength(1);
	});

	it('stays where the probe is answered, and is probed again', async () => {
		const client = await connections.readyClient(settings());
		for (let probe = 1; probe <= 3; probe += 1) {
			const arrived = bank.next('auth');
			connections.clock.skip(SILENCE);
			await arrived;
			// The answer to an operation that is written after the probe comes after that of the probe.
			await client.getAccount('9120000001');
		}
		expect(client.session.connections).toBe(1);
		expect(client.session.state).toBe('ready');
	});

	it('is not probed as long as something comes', async () => {
		const client = await connections.readyClient(settings());
		for (let half = 0; half < 6; half += 1) {
			connections.clock.skip(SILENCE / 2);
			await client.getAccount('9120000001');
		}
		expect(bank.received.filter(({ operation }) => operation === 'auth')).toHaveLength(1);
	});
});
