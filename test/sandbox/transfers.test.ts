import { DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS } from '../../sandbox';
import { Customer, newKeyPair } from './customer';
import { accountOf, customerUsd, merchantEur, merchantUsd, Scene, supplierEur, supplierUsd, transferOf } from './scene';

const scene = new Scene();

afterEach(async () => await scene.end());

describe('transfers', () => {
	beforeEach(async () => await scene.start());

	it.each([
		['more than there is', { amount: 25_000.01 }, 'Insufficient funds'],
		['an unknown beneficiary', { beneficiary: '9999999999' }, 'no account 9999999999'],
		['itself as beneficiary', { beneficiary: merchantUsd }, 'same account'],
		['another currency than the account’s', { currency: 'EUR' }, 'kept in USD'],
		['a beneficiary of another currency', { beneficiary: supplierEur }, 'within one currency'],
		['nothing', { amount: 0 }, 'must be positive'],
		['less than nothing', { amount: -1 }, 'must be positive'],
		['fractions of a cent', { amount: 1.005 }, 'two decimals'],
		['an amount beyond counting', { amount: 1e21 }, 'must be positive'],
	])('acknowledges and then fails %s', async (_what, params, words) => {
		const customer = await scene.merchant();
		const nonce = await customer.operate(transferOf(params));
		await customer.acknowledged(nonce);
		await expect(customer.message('error')).resolves.toEqual({ nonce: String(nonce), msg: expect.stringContaining(words) });
		expect(scene.sandbox.ledger.filter(({ sendAccount }) => sendAccount === merchantUsd)).toEqual([]);
	});

	it.each([
		['an amount as text', { amount: '1.00' }],
		['no narrative', { narrative: undefined }],
		['a beneficiary that is no text', { beneficiary: 9120000005 }],
	])('refuses %s', async (_what, params) => {
		const customer = await scene.merchant();
		const { params: _params, ...message } = await customer.signed(transferOf());
		customer.client.send('transfer', { ...message, params: { ...transferOf().params, ...params } });
		await customer.refused(message.nonce);
	});

	it('announces to sender and recipient, each under their own key', async () => {
		const { privateKey, publicKey } = newKeyPair();
		scene.sandbox.registerKey({ accountNumber: supplierUsd, publicKey });
		const sender = await scene.merchant();
		const recipient = await Customer.authenticated(scene.sandbox, 'socketIo3', privateKey);
		scene.with(recipient);
		await sender.operate(transferOf());
		const [sent, got] = [await sender.message('transfer'), await recipient.message('transfer')];
		expect(got).toEqual(sent);
	});

	it('announces once to a key that has both accounts, on each of its connections', async () => {
		scene.sandbox.openAccount({ accountNumber: '9120000099', currency: 'USD', publicKeys: [DEMO_PUBLIC_KEYS.merchant] });
		const connections = [await scene.merchant(), await scene.merchant('socketIo4'), await scene.merchant('socketIo3')];
		await connections[0]?.operate(transferOf({ beneficiary: '9120000099' }));
		for (const connection of connections) {
			await connection.message('transfer');
			await expect(connection.messages('transfer')).resolves.toHaveLength(1);
		}
	});

	it('announces what other customers send, also between currencies', async () => {
		const customer = await scene.merchant();
		scene.sandbox.sendMoney({ from: customerUsd, to: merchantEur, amount: '110.00', narrative: 'Invoice 8' });
		await expect(customer.message('transfer')).resolves.toMatchObject({
			sendAccount: customerUsd,
			sendCurrency: 'USD',
			sendAmount: '110.00',
			receiveCurrency: 'EUR',
			receiveAmount: '100.00',
		});
	});

	it('says nothing to a connection that has not authenticated', async () => {
		const stranger = await Customer.connect(scene.sandbox, 'webSocket', DEMO_PRIVATE_KEYS.merchant);
		scene.with(stranger);
		scene.sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: 'for others' });
		const nonce = await stranger.operate(accountOf(merchantUsd));
		await stranger.acknowledged(nonce);
		await stranger.settle();
		expect(stranger.client.received.map(({ type }) => type)).toEqual(['ack', 'err']);
	});

	it('sends what an unauthenticated connection asked for to the key’s authenticated ones', async () => {
		const customer = await scene.merchant();
		const stranger = await Customer.connect(scene.sandbox, 'webSocket', DEMO_PRIVATE_KEYS.merchant);
		scene.with(stranger);
		await stranger.operate(accountOf(merchantUsd));
		await customer.message('account');
	});

	it('holds the money until it settles', async () => {
		scene.sandbox.settlementDelay = 100;
		const customer = await scene.merchant();
		await customer.acknowledged(await customer.operate(transferOf({ amount: 25_000 })));
		expect(scene.sandbox.balance(merchantUsd)).toBe('25000.00');
		await customer.operate(transferOf({ amount: 0.01 }));
		await expect(customer.message('error')).resolves.toMatchObject({ msg: expect.stringContaining('Insufficient') });
		await customer.operate(accountOf(merchantUsd));
		await expect(customer.message('account')).resolves.toMatchObject({ balance: '25000.00', available: '0.00' });
		await customer.message('transfer');
		expect(scene.sandbox.balance(merchantUsd)).toBe('0.00');
	});
});

