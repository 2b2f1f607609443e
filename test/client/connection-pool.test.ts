import { CryptoCapitalClient } from '../../client/client';
import { ConnectionPool } from '../../client/connection-pool';
import type { RealServer } from '../servers/real-servers';
import { freshKey, nextOf, sessionOptions, settingsFor } from './clients';
import { ACCOUNT, BENEFICIARY, SERVER_KEY, startBank, type SigningBank } from './signing-bank';
import { TestClock } from './test-clock';
import { namedKey } from './keys';

const LINGER = 10_000;

describe.each(['socketIo4', 'webSocket'] as const)('the connections of a process: %s', (generation) => {
	let bank: SigningBank;
	let server: RealServer;
	let clock: TestClock;
	let pool: ConnectionPool;

	beforeEach(async () => {
		({ bank, server } = await startBank(generation));
		clock = new TestClock();
		pool = new ConnectionPool(sessionOptions(clock));
	});

	afterEach(async () => {
		pool.closeAll();
		await server.stop();
	});

	it('are one for everybody who uses the key', async () => {
		const settings = settingsFor(server);
		const clients = Array.from({ length: 5 }, () => new CryptoCapitalClient(settings, pool));
		await Promise.all(clients.map(async (client) => await client.ready()));
		expect(pool.size).toBe(1);
		expect(server.connections.size).toBe(1);
		expect(bank.received).toHaveLength(1);
		expect(new Set(clients.map(({ session }) => session)).size).toBe(1);
	});

	it('are one however the same key is written', () => {
		const key = freshKey();
		const settings = settingsFor(server, key);
		const hex = Buffer.from(key.privateKey, 'base64').toString('hex');
		const [one, other] = [settings, { ...settings, privateKey: hex, publicKey: key.publicKey }].map(
			(variant) => new CryptoCapitalClient(variant, pool),
		);
		expect(one?.session).toBe(other?.session);
	});

	it('are separate for another key, transport, address or trusted server key', () => {
		const settings = settingsFor(server);
		const otherTransport = settings.transport === 'webSocket' ? ('socketIo' as const) : ('webSocket' as const);
		const variants = [
			settings,
			settingsFor(server),
			{ ...settings, transport: otherTransport },
			{ ...settings, serverUrl: `http://localhost:${server.port}` },
			{ ...settings, serverPublicKey: namedKey('another bank').publicKey },
		];
		expect(new Set(variants.map((variant) => new CryptoCapitalClient(variant, pool).session)).size).toBe(variants.length);
		expect(pool.size).toBe(variants.length);
	});

	it('tell every message to everybody', async () => {
		const settings = settingsFor(server);
		const clients = [new CryptoCapitalClient(settings, pool), new CryptoCapitalClient(settings, pool)];
		await Promise.all(clients.map(async (client) => await client.ready()));
		const heard = clients.map(async (client) => await nextOf({ add: (listener) => client.onMessage(listener) }));
		const record = await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'for both');
		const [first, second] = await Promise.all(heard);
		expect(first).toMatchObject({ message: { params: record } });
		expect(second).toBe(first);
	});

	it('are not disturbed by a listener that throws', async () => {
		const client = new CryptoCapitalClient(settingsFor(server), pool);
		await client.ready();
		client.onMessage(() => {
			throw new Error('a user’s mistake');
		});
		const heard = nextOf({ add: (listener) => client.onMessage(listener) });
		await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'for the others');
		expect(await heard).toMatchObject({ message: { type: 'transfer' } });
	});

	it('stay for their other users when one leaves, however often it says so', async () => {
		const settings = settingsFor(server);
		const [leaving, staying] = [new CryptoCapitalClient(settings, pool), new CryptoCapitalClient(settings, pool)];
		await staying.ready();
		const arrived = bank.next('account');
		bank.course = async ({ operation }, proceed) => {
			if (operation !== 'auth') {
				leaving.close();
				leaving.close();
				leaving.close();
				clock.skip(LINGER - 1);
			}
			await proceed();
		};
		const account = staying.getAccount(ACCOUNT, { ackTimeout: 60_000, responseTimeout: 60_000 });
		await arrived;
		expect((await account).params.accountNumber).toBe(ACCOUNT);
		clock.skip(2 * LINGER);
		expect(staying.session.state).toBe('ready');
		expect(pool.size).toBe(1);
	});

	it('are closed 10 seconds after their last user left', async () => {
		const settings = settingsFor(server);
		const clients = [new CryptoCapitalClient(settings, pool), new CryptoCapitalClient(settings, pool)] as const;
		await clients[0].ready();
		const { session } = clients[0];
		const gone = new Promise((resolve) => server.events.once('disconnection', resolve));
		clients[0].close();
		clients[1].close();
		clock.skip(LINGER - 100);
		expect(session.state).toBe('ready');
		clock.skip(100);
		expect(session.state).toBe('closed');
		expect(pool.size).toBe(0);
		await gone;
	});

	it('are taken over by whoever comes in the meantime', async () => {
		const settings = settingsFor(server);
		const first = new CryptoCapitalClient(settings, pool);
		await first.ready();
		first.close();
		clock.skip(LINGER - 100);
		const second = new CryptoCapitalClient(settings, pool);
		expect(second.session).toBe(first.session);
		clock.skip(LINGER);
		await second.ready();
		second.close();
		clock.skip(LINGER - 100);
		expect(second.session.state).toBe('ready');
		expect(bank.received).toHaveLength(1);
		clock.skip(100);
		expect(second.session.state).toBe('closed');
	});

	it('begin anew after they were closed', async () => {
		const settings = settingsFor(server);
		const first = new CryptoCapitalClient(settings, pool);
		await first.ready();
		first.close();
		clock.skip(LINGER);
		const second = new CryptoCapitalClient(settings, pool);
		await second.ready();
		expect(second.session).not.toBe(first.session);
		// Who left long ago has no say in the new one.
		first.close();
		clock.skip(LINGER);
		expect(second.session.state).toBe('ready');
		expect((await second.getAccount(ACCOUNT)).key).toBe(SERVER_KEY.publicKey);
	});

	it('trust nothing that a key which is not the configured one has signed', async () => {
		const client = new CryptoCapitalClient({ ...settingsFor(server), serverPublicKey: namedKey('another bank').publicKey }, pool);
		await client.ready();
		const unaccepted = nextOf(client.session.onUnaccepted);
		await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'not to be trusted');
		expect(await unaccepted).toBe('anotherServerKey');
	});
});
