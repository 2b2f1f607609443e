import type { FaultName } from '../../../sandbox';
import { FAULT_NAMES, FAULTS, FaultSettingsError } from '../../../sandbox';
import type { Customer } from '../customer';
import { account, cameAfterAuth, Scene } from '../scene';

const scene = new Scene();
let customer: Customer;

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

describe('the switchboard', () => {
	beforeEach(async () => {
		customer = await scene.merchant('webSocket');
	});

	it('counts, and ends a fault after its times', async () => {
		const fault = scene.sandbox.faults.enable('refuse', { operation: 'account', times: 2 });
		for (let index = 0; index < 2; index++) await customer.refused(await customer.operate(account));
		await customer.acknowledged(await customer.operate(account));
		expect(fault).toMatchObject({ applied: 2, spent: true });
	});

	it('keeps to the operation and to the key', async () => {
		scene.sandbox.faults.enable('refuse', { operation: 'transfer' });
		scene.sandbox.faults.enable('refuse', { key: 'somebody else' });
		await customer.acknowledged(await customer.operate(account));
	});

	it('makes the same choices with the same seed, and others with another', async () => {
		const choices = async (seed: number) => {
			const { id } = scene.sandbox.faults.enable('refuse', { probability: 0.5, seed });
			const before = customer.client.received.length;
			for (let index = 0; index < 30; index++) await customer.operate(account);
			await customer.settle();
			scene.sandbox.faults.disable(id);
			const answers = customer.client.received.slice(before).filter(({ type }) => type !== 'account');
			return answers.map(({ type }) => type).join(' ');
		};
		const first = await choices(7);
		expect(first).toContain('ack');
		expect(first).toContain('err');
		await expect(choices(7)).resolves.toBe(first);
		await expect(choices(8)).resolves.not.toBe(first);
	});

	it('adds up faults that happen together', async () => {
		scene.sandbox.faults.enable('duplicate');
		scene.sandbox.faults.enable('forgeSignature', { genuine: true });
		scene.sandbox.faults.enable('loseAck');
		await customer.operate(account);
		await customer.settle();
		expect(cameAfterAuth(customer.client)).toEqual(['account', 'account', 'account', 'err']);
	});

	it('does nothing any more once switched off', async () => {
		const { id } = scene.sandbox.faults.enable('refuse');
		scene.sandbox.faults.enable('loseAck');
		scene.sandbox.faults.disable(id);
		scene.sandbox.faults.disable('loseAck');
		await customer.acknowledged(await customer.operate(account));
		expect(scene.sandbox.faults.active).toEqual([]);
	});

	it.each([
		['a setting that it does not have', { surprise: 1 }],
		['a probability above 1', { probability: 2 }],
		['times of 0', { times: 0 }],
		['an unknown operation', { operation: 'steal' }],
		['a number as text', { times: '1' }],
	])('refuses %s', (_what, settings) => {
		expect(() => scene.sandbox.faults.enable('loseAck', settings as never)).toThrow(FaultSettingsError);
		expect(scene.sandbox.faults.active).toEqual([]);
	});

	it('describes every fault and every parameter', () => {
		for (const name of FAULT_NAMES satisfies FaultName[]) {
			expect(FAULTS[name].description).toMatch(/\.$/u);
			for (const { description } of Object.values(FAULTS[name].parameters)) expect(description).not.toBe('');
		}
	});

	it('tells what happened', async () => {
		scene.sandbox.faults.enable('loseAck', { operation: 'account' });
		const happened = scene.sandbox.next('fault');
		await customer.operate(account);
		await expect(happened).resolves.toMatchObject({ fault: 'loseAck', operation: 'account' });
	});
});
