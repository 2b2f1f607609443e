import type { Customer } from '../customer';
import { PROTOCOLS } from '../raw-client';
import { account, cameAfterAuth, Scene } from '../scene';

const scene = new Scene();
let customer: Customer;

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	beforeEach(async () => {
		customer = await scene.merchant(protocol);
	});

	it('garbage is nothing that can be read, and the connection goes on', async () => {
		scene.sandbox.faults.enable('garbage');
		scene.receive('among garbage');
		await customer.settle();
		const came = customer.client.received.filter(({ type }) => !['ack', 'err'].includes(type));
		expect(came.length).toBeGreaterThan(12);
		await expect(customer.messages('transfer')).resolves.toEqual([expect.objectContaining({ narrative: 'among garbage' })]);
	});

	it('garbage can come around acknowledgements', async () => {
		scene.sandbox.faults.enable('garbage', { message: 'ack', variant: 'wrongTypes' });
		await customer.acknowledged(await customer.operate(account));
		expect(cameAfterAuth(customer.client).slice(0, 2)).toEqual(['ack', 'ack']);
	});

	it('oversizedFrame is as long as told and truly signed', async () => {
		scene.sandbox.faults.enable('oversizedFrame', { megabytes: 10, times: 1 });
		scene.receive('after the flood');
		const [oversized, genuine] = [await customer.client.find(({ type }) => type === 'transfer'), await customer.messages('transfer')];
		expect(JSON.stringify(oversized.payload).length).toBeGreaterThan(10_000_000);
		await expect(customer.verify(oversized)).resolves.toBeDefined();
		expect(genuine).toHaveLength(2);
	});
});

describe('a broken packet', () => {
	beforeEach(() => {
		scene.sandbox.faults.enable('garbage', { variant: 'brokenPacket' });
	});

	it('makes a client of protocol 4 hang up', async () => {
		customer = await scene.merchant('socketIo4');
		scene.receive('broken');
		await customer.client.end();
		expect(customer.client.endReason).toBe('parse error');
	});

	it('passes a client of protocol 3 unnoticed', async () => {
		customer = await scene.merchant('socketIo3');
		scene.receive('broken');
		await customer.message('transfer');
		expect(cameAfterAuth(customer.client)).toEqual(['transfer']);
	});

	it('is a frame without a type over WebSocket', async () => {
		customer = await scene.merchant('webSocket');
		scene.receive('broken');
		await customer.client.find(({ type }) => type === 'unreadable');
		await customer.message('transfer');
	});
});

