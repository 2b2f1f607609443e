import type { Customer } from '../customer';
import { PROTOCOLS } from '../raw-client';
import { account, cameAfterAuth, merchantUsd, Scene, statementOf } from '../scene';

const scene = new Scene();
let customer: Customer;

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	beforeEach(async () => {
		customer = await scene.merchant(protocol);
	});

	it('loseMessage loses one record of a statement', async () => {
		for (const narrative of ['1', '2', '3']) scene.receive(narrative);
		await customer.settle();
		scene.sandbox.faults.enable('loseMessage', { operation: 'statement', times: 1 });
		const before = (await customer.messages('transfer')).length;
		await customer.operate(statementOf(merchantUsd, { limit: '3' }));
		const records = (await customer.messages('transfer')).slice(before);
		expect(records.map(({ narrative }) => narrative)).toEqual(['2', '3']);
	});

	it('delay sends later', async () => {
		scene.sandbox.faults.enable('delay', { message: 'transfer', milliseconds: 50 });
		scene.receive('late');
		await customer.operate(account);
		await customer.message('transfer');
		expect(cameAfterAuth(customer.client)).toEqual(['ack', 'account', 'transfer']);
	});

	it('delay holds back an acknowledgement where it names it', async () => {
		scene.sandbox.faults.enable('delay', { message: 'ack', operation: 'account', milliseconds: 50 });
		await customer.acknowledged(await customer.operate(account));
		expect(cameAfterAuth(customer.client)).toEqual(['account', 'ack']);
	});

	it('duplicate sends again, unchanged', async () => {
		scene.sandbox.faults.enable('duplicate', { copies: 2 });
		scene.receive('thrice');
		await customer.settle();
		const [first, ...others] = customer.client.received.filter(({ type }) => type === 'transfer');
		expect(others).toEqual([first, first]);
	});

	it('reorder sends in reverse', async () => {
		scene.sandbox.faults.enable('reorder', { count: 3 });
		for (const narrative of ['1', '2', '3']) scene.receive(narrative);
		const records = await customer.messages('transfer');
		expect(records.map(({ narrative }) => narrative)).toEqual(['3', '2', '1']);
	});

	it('reorder waits for no more than its time', async () => {
		scene.sandbox.faults.enable('reorder', { count: 3, milliseconds: 50 });
		for (const narrative of ['1', '2']) scene.receive(narrative);
		await customer.message('transfer');
		const records = await customer.messages('transfer');
		expect(records.map(({ narrative }) => narrative)).toEqual(['2', '1']);
	});

	it('dropAfterMessages cuts in the middle of a statement', async () => {
		for (const narrative of ['1', '2', '3']) scene.receive(narrative);
		await customer.settle();
		const before = customer.client.received.length;
		scene.sandbox.faults.enable('dropAfterMessages', { operation: 'statement', count: 2 });
		await customer.operate(statementOf(merchantUsd, { limit: '3' }));
		await customer.client.end();
		const types = customer.client.received.slice(before).map(({ type }) => type);
		expect(types).toEqual(['ack', 'transfer', 'transfer']);
	});
});
