import { merchantUsd, Scene, statementOf, supplierUsd } from './scene';

const scene = new Scene();

afterEach(async () => await scene.end());

describe('statements', () => {
	beforeEach(async () => await scene.start());

	it('finds one transaction by its id', async () => {
		const { id } = scene.sandbox.sendMoney({ to: merchantUsd, amount: '5.00', narrative: 'this one' });
		scene.sandbox.sendMoney({ to: merchantUsd, amount: '6.00', narrative: 'not this' });
		const customer = await scene.merchant();
		await customer.operate(statementOf(merchantUsd, { transactionId: id }));
		await expect(customer.messages('transfer')).resolves.toEqual([expect.objectContaining({ id, narrative: 'this one' })]);
	});

	it('finds nothing under the id of another account’s transaction', async () => {
		const { id } = scene.sandbox.sendMoney({ to: supplierUsd, amount: '5.00', narrative: 'private' });
		const customer = await scene.merchant();
		await customer.acknowledged(await customer.operate(statementOf(merchantUsd, { transactionId: id })));
		await expect(customer.messages('transfer')).resolves.toEqual([]);
	});

	it('answers with less than the limit, or with nothing at all', async () => {
		const customer = await scene.merchant();
		await customer.operate(statementOf(merchantUsd, { limit: '50' }));
		await expect(customer.messages('transfer')).resolves.toHaveLength(1);
		await customer.operate(statementOf(merchantUsd, { limit: '0' }));
		await expect(customer.messages('transfer')).resolves.toHaveLength(1);
	});

	it.each([
		['no filter', {}],
		['two filters', { limit: '1', transactionId: '1' }],
		['a filter that is no number', { limit: 'many' }],
		['two different accounts', { limit: '1', accountId: supplierUsd }],
	])('refuses %s', async (_what, filter) => {
		const customer = await scene.merchant();
		const request = { operation: 'statement', params: { accountNumber: merchantUsd, accountId: merchantUsd, ...filter } as never } as const;
		await customer.refused(await customer.operate(request));
	});

	it('takes the account under either name, and the filter as a number', async () => {
		const customer = await scene.merchant();
		const { params: _params, ...message } = await customer.signed(statementOf(merchantUsd, { limit: '1' }));
		customer.client.send('statement', { ...message, params: { accountId: merchantUsd, limit: 1 } });
		await expect(customer.messages('transfer')).resolves.toHaveLength(1);
	});

	it('goes to the asking connection only', async () => {
		const [asking, other] = [await scene.merchant(), await scene.merchant()];
		await asking.operate(statementOf(merchantUsd, { limit: '1' }));
		await asking.message('transfer');
		await expect(other.messages('transfer')).resolves.toEqual([]);
	});
});

it('finds transactions from a second on, that second included', async () => {
	let now = Date.UTC(2026, 0, 1);
	await scene.start({ clock: () => now });
	const times = [1_000, 1_999, 2_000, 3_500];
	for (const time of times) {
		now = Date.UTC(2026, 0, 2) + time;
		scene.sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: String(time) });
	}
	const customer = await scene.merchant();
	await customer.operate(statementOf(merchantUsd, { fromTime: String(Date.UTC(2026, 0, 2) / 1000 + 2) }));
	const records = await customer.messages('transfer');
	expect(records.map(({ narrative }) => narrative)).toEqual(['2000', '3500']);
	expect(records[0]?.date).toBe('2026-01-02');
});

it('tells a statement to all connections of the key where it is set to', async () => {
	await scene.start({ broadcastStatements: true });
	const [asking, other] = [await scene.merchant(), await scene.merchant('socketIo4')];
	await asking.operate(statementOf(merchantUsd, { limit: '1' }));
	await asking.message('transfer');
	await other.message('transfer');
});

