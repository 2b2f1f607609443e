import { Customer, newKeyPair } from './customer';
import { accountOf, merchantUsd, Scene, statementOf, supplierUsd, transferOf } from './scene';

const scene = new Scene();

afterEach(async () => await scene.end());

describe('keys and nonces', () => {
	beforeEach(async () => await scene.start());

	it('refuses a key that no account is registered to', async () => {
		const customer = await Customer.connect(scene.sandbox, 'webSocket', newKeyPair().privateKey);
		scene.with(customer);
		await expect(customer.refused(await customer.operate({ operation: 'auth' }))).resolves.toBe('Unknown key');
	});

	it('refuses a signature that is not the message’s', async () => {
		const customer = await scene.merchant();
		const message = await customer.signed(transferOf());
		customer.client.send('transfer', { ...message, params: { ...transferOf().params, amount: 99 } });
		await expect(customer.refused(message.nonce)).resolves.toBe('Invalid signature');
		expect(scene.sandbox.balance(merchantUsd)).toBe('25000.00');
	});

	it('refuses another version of the API', async () => {
		const customer = await scene.merchant();
		const message = await customer.signed(accountOf(merchantUsd));
		customer.client.send('account', { ...message, apiVersion: 1 });
		await expect(customer.refused(message.nonce)).resolves.toContain('apiVersion');
	});

	it.each([accountOf(supplierUsd), transferOf({ accountNumber: supplierUsd }), statementOf('9999999999', { limit: '1' })])(
		'refuses $operation for an account of somebody else',
		async (request) => {
			const customer = await scene.merchant();
			await expect(customer.refused(await customer.operate(request))).resolves.toContain('not registered to this key');
		},
	);

	it('takes a nonce once, on whatever connection, and only higher ones after it', async () => {
		const [one, other] = [await scene.merchant(), await scene.merchant('socketIo3')];
		const early = await one.signed(accountOf(merchantUsd));
		const late = await one.signed(accountOf(merchantUsd));
		one.client.send('account', late);
		await one.acknowledged(late.nonce);
		for (const used of [late, early]) {
			other.client.send('account', used);
			await expect(other.refused(used.nonce)).resolves.toContain('Nonce');
		}
		expect(scene.sandbox.counters.refusedNonces).toBe(2);
	});

	it('counts nonces for each key by itself', async () => {
		const { privateKey, publicKey } = newKeyPair();
		scene.sandbox.registerKey({ accountNumber: supplierUsd, publicKey });
		const other = await Customer.authenticated(scene.sandbox, 'webSocket', privateKey);
		scene.with(other);
		const early = await other.signed(accountOf(supplierUsd));
		const customer = await scene.merchant();
		await customer.acknowledged(await customer.operate(accountOf(merchantUsd)));
		other.client.send('account', early);
		await other.acknowledged(early.nonce);
	});

	it('uses up no nonce for what it refuses', async () => {
		const customer = await scene.merchant();
		const { nonce, ...message } = await customer.signed(accountOf(merchantUsd));
		customer.client.send('account', { ...message, nonce: nonce + 1_000_000 });
		await customer.refused(nonce + 1_000_000);
		customer.client.send('account', { ...message, nonce });
		await customer.acknowledged(nonce);
	});

	it('signs with nonces of 13 digits that only grow, within one millisecond too', async () => {
		const customer = await scene.merchant();
		for (let index = 0; index < 20; index++) scene.sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: String(index) });
		await customer.settle();
		const verified = await Promise.all(customer.client.received.map(async (each) => await customer.verify(each)));
		const nonces = verified.flatMap((each) => (each ? [Number(each.message.nonce)] : []));
		expect(nonces).toHaveLength(20);
		expect(nonces).toEqual([...new Set(nonces)].sort((left, right) => left - right));
		expect(String(nonces[0])).toHaveLength(13);
		const narratives = (await customer.messages('transfer')).map(({ narrative }) => narrative);
		expect(narratives).toEqual(Array.from({ length: 20 }, (_, index) => String(index)));
	});

	it('binds a key by the 1.00 transfer, and gives the money back', async () => {
		const { privateKey, publicKey } = newKeyPair();
		const transaction = scene.sandbox.registerKey({ accountNumber: supplierUsd, publicKey });
		expect(transaction).toMatchObject({ sendAccount: supplierUsd, receiveAccount: '9120231592', sendAmount: '1.00', narrative: publicKey });
		expect(scene.sandbox.ledger.at(-1)).toMatchObject({ sendAccount: '9120231592', receiveAccount: supplierUsd, sendAmount: '1.00' });
		expect(scene.sandbox.balance(supplierUsd)).toBe('1000.00');
		const customer = await Customer.authenticated(scene.sandbox, 'webSocket', privateKey);
		scene.with(customer);
		await customer.operate(accountOf(supplierUsd));
		await customer.message('account');
	});

	it('registers no key over the API', async () => {
		const customer = await scene.merchant();
		const { publicKey } = newKeyPair();
		await customer.operate(transferOf({ beneficiary: '9120231592', amount: 1, narrative: publicKey }));
		await customer.message('transfer');
		expect(scene.sandbox.bank.isRegistered(publicKey)).toBe(false);
	});
});

