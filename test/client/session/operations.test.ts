import { ConnectionError } from '../../../client/errors';
import { Session } from '../../../client/session/session';
import { readSettings } from '../../../client/settings';
import { type RealServer, startServer } from '../../servers/real-servers';
import { errorOf, nextOf, sessionOptions, settingsFor, TestPool } from '../clients';
import { ACCOUNT, BENEFICIARY, type Received, startBank, type SigningBank } from '../signing-bank';

const TRANSFER = { accountNumber: ACCOUNT, beneficiary: BENEFICIARY, currency: 'USD', amount: 1, narrative: 'operations' };
const ACK_TIMEOUT = 15_000;

describe.each(['socketIo2', 'socketIo4', 'webSocket'] as const)('operations on a session: %s', (generation) => {
	let bank: SigningBank;
	let server: RealServer;
	let connections: TestPool;

	beforeEach(async () => {
		({ bank, server } = await startBank(generation));
		connections = new TestPool();
	});

	afterEach(async () => {
		connections.close();
		await server.stop();
	});

	const namesOf = () => bank.received.map(({ operation }) => operation);

	it('are never kept for a connection that is not there', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const lost = nextOf(client.session.onDisconnected);
		await server.stop();
		await lost;
		const performed = await client.session.perform({ operation: 'account', params: { accountNumber: ACCOUNT } }, { ackTimeout: ACK_TIMEOUT });
		expect(performed).toEqual({ kind: 'notWritten', error: expect.any(ConnectionError) });
		const back = nextOf(client.session.onReady);
		server = await startServer(generation, { port: server.port, handler: bank.handler });
		await back;
		await client.getAccount(ACCOUNT);
		expect(namesOf()).toEqual(['auth', 'auth', 'account']);
	});

	it('are not written before the connection is authenticated', async () => {
		const session = new Session(readSettings(settingsFor(server)), sessionOptions(connections.clock));
		const authenticating = bank.next('auth');
		bank.course = () => undefined;
		session.start();
		await authenticating;
		const performed = await session.perform({ operation: 'account', params: { accountNumber: ACCOUNT } }, { ackTimeout: ACK_TIMEOUT });
		expect(performed).toMatchObject({ kind: 'notWritten' });
		session.close();
		expect(namesOf()).toEqual(['auth']);
	});

	it('are answered by nonce, in whatever order the answers come', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const waiting: Received[] = [];
		bank.course = (received) => {
			waiting.push(received);
			if (waiting.length < 3) return;
			const [first, second, third] = waiting as [Received, Received, Received];
			bank.acknowledge(third);
			bank.refuse(second, 'Account is closed');
			// Somebody else's answers.
			first.connection.send('ack', JSON.stringify({ nonce: 1 }));
			first.connection.send('err', JSON.stringify({ nonce: first.message.nonce - 1_000, msg: 'not ours' }));
			first.connection.send('ack', { nonce: String(first.message.nonce) });
		};
		const results = await Promise.allSettled([1, 2, 3].map(async (amount) => await client.sendTransfer({ ...TRANSFER, amount })));
		expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
		expect(results[1]).toMatchObject({ reason: { name: 'RejectedError', reason: 'Account is closed' } });
		const nonces = waiting.map(({ message }) => message.nonce);
		expect(results).toMatchObject([{ value: { nonce: nonces[0] } }, {}, { value: { nonce: nonces[2] } }]);
	});

	it('that were answered stay so, whatever is said afterwards', async () => {
		const client = await connections.readyClient(settingsFor(server));
		bank.course = (received) => {
			bank.acknowledge(received);
			bank.refuse(received, 'on second thoughts');
		};
		expect(await client.sendTransfer(TRANSFER)).toMatchObject({ status: 'accepted' });
	});

	it('that are not answered are unknown, and not repeated', async () => {
		const client = await connections.readyClient(settingsFor(server));
		bank.course = () => undefined;
		const arrived = bank.next('transfer');
		const sending = errorOf(client.sendTransfer(TRANSFER, { ackTimeout: ACK_TIMEOUT }));
		const { message } = await arrived;
		connections.clock.skip(ACK_TIMEOUT);
		expect(await sending).toMatchObject({ name: 'OutcomeUnknownError', outcome: 'unknown', details: { nonce: String(message.nonce) } });
		expect(namesOf()).toEqual(['auth', 'transfer']);
	});

	it('whose connection ends before the answer are unknown, and not repeated', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const back = nextOf(client.session.onReady);
		bank.course = ({ connection, operation }, proceed) => (operation === 'auth' ? proceed() : connection.close());
		expect(await errorOf(client.sendTransfer(TRANSFER))).toMatchObject({ outcome: 'unknown' });
		await back;
		expect(namesOf()).toEqual(['auth', 'transfer', 'auth']);
	});

	it('are not disturbed by garbage, nor by what is said about nothing', async () => {
		const client = await connections.readyClient(settingsFor(server));
		const unaccepted: string[] = [];
		client.session.onUnaccepted.add((reason) => unaccepted.push(reason));
		bank.course = async (received, proceed) => {
			const { connection } = received;
			connection.send('ack', 'garbage');
			connection.send('err', {});
			connection.send('transfer', 'garbage');
			connection.send('account', null);
			connection.send('error', JSON.stringify({ error: 'not signed' }));
			connection.send('unheardOf', '{}');
			connection.send('transfer', 'x'.repeat(10_000_000));
			await proceed();
		};
		expect((await client.getAccount(ACCOUNT)).params.balance).toBe('1000.00');
		expect([...unaccepted].sort()).toEqual(['notAMessage', 'notAMessage', 'notAMessage', 'notAMessage', 'notAMessage', 'oversized']);
		expect(client.session.connections).toBe(1);
	});

	it('wait for those before them only until these are written', async () => {
		const client = await connections.readyClient(settingsFor(server));
		bank.course = async ({ operation }, proceed) => {
			if (operation !== 'transfer') await proceed();
		};
		const arrived = bank.next('transfer');
		const unanswered = errorOf(client.sendTransfer(TRANSFER));
		await arrived;
		expect((await client.getAccount(ACCOUNT)).params.accountNumber).toBe(ACCOUNT);
		connections.close();
		expect(await unanswered).toMatchObject({ outcome: 'unknown' });
	});
});
