import { connect, PROTOCOLS } from './raw-client';
import { accountOf, merchantUsd, Scene, statementOf, supplierUsd, transferOf } from './scene';

const scene = new Scene();

afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	beforeEach(async () => await scene.start());

	it('answers an account operation with the signed balance', async () => {
		const customer = await scene.merchant(protocol);
		await customer.acknowledged(await customer.operate(accountOf(merchantUsd)));
		await expect(customer.message('account')).resolves.toEqual({
			accountNumber: merchantUsd,
			name: 'Merchant USD',
			currency: 'USD',
			balance: '25000.00',
			available: '25000.00',
		});
	});

	it('books a transfer, announces it, and acknowledges it before that', async () => {
		const customer = await scene.merchant(protocol);
		await customer.operate(transferOf());
		const announced = await customer.message('transfer');
		expect(announced).toMatchObject({
			sendAccount: merchantUsd,
			receiveAccount: supplierUsd,
			sendCurrency: 'USD',
			receiveCurrency: 'USD',
			sendAmount: '12.50',
			receiveAmount: '12.50',
			narrative: 'Invoice 7',
		});
		expect(scene.sandbox.ledger.at(-1)).toMatchObject(announced);
		expect(scene.sandbox.balance(merchantUsd)).toBe('24987.50');
		expect(scene.sandbox.balance(supplierUsd)).toBe('1012.50');
		expect(customer.client.received.map(({ type }) => type)).toEqual(['ack', 'ack', 'transfer']);
	});

	it('sends a statement, oldest first', async () => {
		for (const amount of ['1.00', '2.00', '3.00']) scene.sandbox.sendMoney({ to: merchantUsd, amount, narrative: amount });
		const customer = await scene.merchant(protocol);
		await customer.acknowledged(await customer.operate(statementOf(merchantUsd, { limit: '2' })));
		const records = await customer.messages('transfer');
		expect(records.map(({ narrative }) => narrative)).toEqual(['2.00', '3.00']);
	});

	it('signs the error of a transfer that it cannot do', async () => {
		const customer = await scene.merchant(protocol);
		const nonce = await customer.operate(transferOf({ amount: 1_000_000 }));
		await customer.acknowledged(nonce);
		await expect(customer.message('error')).resolves.toEqual({
			nonce: String(nonce),
			msg: `Insufficient funds in account ${merchantUsd}`,
		});
		expect(scene.sandbox.balance(merchantUsd)).toBe('25000.00');
	});

	it('takes payloads as strings and as objects', async () => {
		const customer = await scene.merchant(protocol);
		await customer.acknowledged(await customer.operate(accountOf(merchantUsd), 'object'));
		await customer.acknowledged(await customer.operate(accountOf(merchantUsd), 'string'));
	});

	it('refuses what is no operation, and goes on', async () => {
		const customer = await scene.merchant(protocol);
		for (const [name, payload] of [['account', 'no JSON'], ['account', 42], ['account', null], ['surprise', '{}'], ['ack', '{}']] as const) {
			customer.client.send(name, payload);
		}
		await customer.settle();
		expect(customer.client.received.filter(({ type }) => type === 'err')).toHaveLength(6);
		await customer.acknowledged(await customer.operate(accountOf(merchantUsd)));
	});
});

describe('framing', () => {
	it('sends JSON strings over Socket.IO and objects over WebSocket', async () => {
		await scene.start();
		for (const protocol of PROTOCOLS) {
			const customer = await scene.merchant(protocol);
			expect(typeof customer.client.received[0]?.payload).toBe(protocol === 'webSocket' ? 'object' : 'string');
		}
	});

	it('turns both round where it is told to', async () => {
		await scene.start({ socketIoPayload: 'object', webSocketPayload: 'string' });
		for (const protocol of PROTOCOLS) {
			const customer = await scene.merchant(protocol);
			expect(typeof customer.client.received[0]?.payload).toBe(protocol === 'webSocket' ? 'string' : 'object');
		}
	});

	it.each(['socketIo4', 'socketIo3'] as const)('serves long polling and the upgrade from it over %s', async (protocol) => {
		await scene.start();
		for (const transports of [['polling'], ['polling', 'websocket']]) {
			const customer = await scene.merchant(protocol, transports);
			await customer.operate(accountOf(merchantUsd));
			await expect(customer.message('account')).resolves.toMatchObject({ balance: '25000.00' });
		}
	});

	it('refuses a WebSocket frame that is no wrapper', async () => {
		await scene.start();
		const customer = await scene.merchant();
		for (const text of ['no JSON', '[]', '{}', '{"op":7}']) customer.client.sendRaw(text);
		await customer.settle();
		expect(customer.client.received.filter(({ type }) => type === 'err')).toHaveLength(5);
	});
});

it('keeps answering others while one connection sends nonsense', async () => {
	await scene.start();
	const vandal = await connect(scene.sandbox, 'webSocket');
	const customer = await scene.merchant();
	for (let index = 0; index < 100; index++) vandal.sendRaw('{"op":"transfer","data":"{}"}');
	await customer.acknowledged(await customer.operate(accountOf(merchantUsd)));
	vandal.close();
	await vandal.end();
});
