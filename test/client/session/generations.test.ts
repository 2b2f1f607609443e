import { RejectedError } from '../../../client/errors';
import { GENERATIONS, type RealServer, startServer } from '../../servers/real-servers';
import { errorOf, freshKey, nextOf, settingsFor, TestPool } from '../clients';
import { ACCOUNT, BENEFICIARY, startBank, type SigningBank } from '../signing-bank';

const PAYLOADS = ['string', 'object'] as const;
const TRANSFER = { accountNumber: ACCOUNT, beneficiary: BENEFICIARY, currency: 'USD', amount: 150.1, narrative: 'Grüße, 世界 🎉' };

describe.each(GENERATIONS.flatMap((generation) => PAYLOADS.map((payloads) => [generation, payloads] as const)))(
	'a real server: %s, which sends payloads as %s',
	(generation, payloads) => {
		let bank: SigningBank;
		let server: RealServer;
		let connections: TestPool;

		beforeEach(async () => {
			({ bank, server } = await startBank(generation));
			bank.payloads = payloads;
			connections = new TestPool();
		});

		afterEach(async () => {
			connections.close();
			await server.stop();
		});

		it('authenticates us', async () => {
			const key = freshKey();
			const client = await connections.readyClient(settingsFor(server, key));
			expect(client.session.state).toBe('ready');
			expect(bank.received).toMatchObject([{ operation: 'auth', asString: generation !== 'webSocket' }]);
			expect(bank.received[0]?.message).toEqual({
				apiVersion: 2,
				key: key.publicKey,
				nonce: expect.any(Number),
				signed: expect.any(String),
			});
		});

		it('tells the balance of an account', async () => {
			const client = await connections.readyClient(settingsFor(server));
			const { params } = await client.getAccount(ACCOUNT);
			expect(params).toEqual({ accountNumber: ACCOUNT, name: 'Current Account', currency: 'USD', balance: '1000.00', available: '1000.00' });
		});

		it('acknowledges a transfer, and confirms it with a signed record', async () => {
			const client = await connections.readyClient(settingsFor(server));
			expect(await client.sendTransfer(TRANSFER)).toMatchObject({ status: 'accepted', alreadySent: false });
			const result = await client.sendTransfer({ ...TRANSFER, amount: '1.00' }, { waitForConfirmation: true, quietPeriod: 50 });
			expect(result).toMatchObject({ status: 'confirmed', alreadySent: false });
			expect(result.record?.params).toEqual(bank.records[1]);
			expect(bank.records[1]).toMatchObject({ sendAmount: '1.00', narrative: TRANSFER.narrative });
			expect(bank.received.findLast(({ operation }) => operation === 'transfer')?.message.params).toMatchObject({ amount: 1 });
		});

		it('says in a signed error that an accepted transfer failed', async () => {
			const client = await connections.readyClient(settingsFor(server));
			const error = await errorOf(client.sendTransfer({ ...TRANSFER, amount: 5_000 }, { waitForConfirmation: true, quietPeriod: 50 }));
			expect(error).toBeInstanceOf(RejectedError);
			expect(error).toMatchObject({ outcome: 'rejected', reason: 'Insufficient funds' });
			expect(bank.records).toEqual([]);
		});

		it('refuses an operation', async () => {
			const client = await connections.readyClient(settingsFor(server));
			bank.course = (received) => bank.refuse(received, 'Account is closed');
			const error = await errorOf(client.sendTransfer(TRANSFER));
			expect(error).toMatchObject({ name: 'RejectedError', outcome: 'rejected', reason: 'Account is closed' });
			expect(bank.received.map(({ operation }) => operation)).toEqual(['auth', 'transfer']);
		});

		it('sends a statement', async () => {
			for (const narrative of ['first', 'second', 'third']) await bank.book(BENEFICIARY, ACCOUNT, '1.00', narrative);
			const client = await connections.readyClient(settingsFor(server));
			const narratives = async (filter: Parameters<typeof client.getStatement>[0]['filter']) =>
				(await client.getStatement({ accountNumber: ACCOUNT, filter }, { quietPeriod: 200 })).map(({ params }) => params.narrative);
			expect(await narratives({ limit: '2' })).toEqual(['second', 'third']);
			expect(await narratives({ transactionId: '2' })).toEqual(['second']);
			expect(await narratives({ fromTime: '0' })).toEqual(['first', 'second', 'third']);
			expect(bank.received.find(({ operation }) => operation === 'statement')?.message.params).toEqual({
				accountNumber: ACCOUNT,
				accountId: ACCOUNT,
				limit: '2',
			});
		});

		it('announces what nobody asked for', async () => {
			const client = await connections.readyClient(settingsFor(server));
			const announced = nextOf(client.session.onMessage);
			const record = await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'an incoming payment');
			expect(await announced).toMatchObject({ message: { type: 'transfer', params: record } });
		});

		it('goes away and comes back, and everything goes on', async () => {
			const client = await connections.readyClient(settingsFor(server));
			const [lost, ready] = [nextOf(client.session.onDisconnected), nextOf(client.session.onReady)];
			await server.stop();
			expect(await lost).toMatchObject({ name: 'ConnectionError', reason: 'lost' });
			server = await startServer(generation, { port: server.port, handler: bank.handler });
			expect(await ready).toBe(2);
			expect(bank.received.map(({ operation }) => operation)).toEqual(['auth', 'auth']);
			expect((await client.getAccount(ACCOUNT)).params.balance).toBe('1000.00');
			const announced = nextOf(client.session.onMessage, ({ message }) => message.type === 'transfer');
			await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'after the restart');
			expect(await announced).toMatchObject({ message: { params: { narrative: 'after the restart' } } });
		});
	},
);
