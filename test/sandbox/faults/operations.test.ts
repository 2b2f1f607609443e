import type { Customer } from '../customer';
import { connect, PROTOCOLS } from '../raw-client';
import { account, AFTER_TRANSFER, cameAfterAuth, merchantUsd, OPENING, Scene, statementOf, tooMuch, transfer } from '../scene';

const scene = new Scene();
let customer: Customer;

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	beforeEach(async () => {
		customer = await scene.merchant(protocol);
	});

	describe('connections', () => {
		it('refuseConnections cuts new ones, as often as told', async () => {
			scene.sandbox.faults.enable('refuseConnections', { times: 1 });
			await expect(connect(scene.sandbox, protocol)).rejects.toThrow();
			(await connect(scene.sandbox, protocol)).close();
			expect(customer.client.closed).toBe(false);
		});

		it('acceptAndStaySilent says nothing on new ones', async () => {
			scene.sandbox.faults.enable('acceptAndStaySilent');
			const happened = scene.sandbox.next('fault');
			const attempt = connect(scene.sandbox, protocol).then(
				() => 'connected',
				() => 'ended',
			);
			await happened;
			await customer.settle();
			await expect(Promise.race([attempt, Promise.resolve('nothing yet')])).resolves.toBe('nothing yet');
			await scene.sandbox.stop();
			await expect(attempt).resolves.toBe('ended');
		});

		it('halfOpenNow silences the open ones and leaves new ones alone', async () => {
			scene.sandbox.faults.enable('halfOpenNow');
			await customer.operate(transfer);
			scene.receive('never told');
			const other = await scene.merchant(protocol);
			await other.operate(account);
			await other.message('account');
			expect(cameAfterAuth(customer.client)).toEqual([]);
			expect(customer.client.closed).toBe(false);
			expect(scene.sandbox.ledger.filter(({ narrative }) => narrative === 'Invoice 7')).toEqual([]);
			other.close();
		});
	});

	describe('operations', () => {
		it('halfOpen silences the connection of the operation, which is performed only if told', async () => {
			scene.sandbox.faults.enable('halfOpen', { operation: 'transfer', times: 1, effect: true });
			await customer.operate(account);
			await customer.message('account');
			const settled = scene.sandbox.next('settled');
			await customer.operate(transfer);
			await settled;
			await scene.sandbox.idle();
			expect(customer.client.closed).toBe(false);
			expect(cameAfterAuth(customer.client)).toEqual(['ack', 'account']);
		});

		it('dropBeforeAck cuts, and nothing happened', async () => {
			scene.sandbox.faults.enable('dropBeforeAck', { operation: 'transfer' });
			await customer.operate(transfer);
			await customer.client.end();
			expect(cameAfterAuth(customer.client)).toEqual([]);
			expect(scene.sandbox.balance(merchantUsd)).toBe(OPENING);
		});

		it('dropBeforeAckAfterEffect cuts, and it happened', async () => {
			scene.sandbox.faults.enable('dropBeforeAckAfterEffect', { operation: 'transfer' });
			await customer.operate(transfer);
			await customer.client.end();
			expect(cameAfterAuth(customer.client)).toEqual([]);
			expect(scene.sandbox.balance(merchantUsd)).toBe(AFTER_TRANSFER);
		});

		it('dropAfterAck cuts between the acknowledgement and the announcement', async () => {
			scene.sandbox.faults.enable('dropAfterAck', { operation: 'transfer' });
			await customer.operate(transfer);
			await customer.client.end();
			expect(cameAfterAuth(customer.client)).toEqual(['ack']);
			expect(scene.sandbox.balance(merchantUsd)).toBe(AFTER_TRANSFER);
		});

		it('loseAck does everything but acknowledge', async () => {
			scene.sandbox.faults.enable('loseAck', { operation: 'transfer' });
			await customer.operate(transfer);
			await customer.message('transfer');
			expect(cameAfterAuth(customer.client)).toEqual(['transfer']);
		});

		it.each([
			['refuseNonce', {}, expect.stringContaining('Nonce')],
			['refuseWithoutReason', {}, undefined],
			['refuse', { reason: 'Closed on Sundays' }, 'Closed on Sundays'],
		] as const)('%s refuses, and nothing happens', async (name, settings, words) => {
			scene.sandbox.faults.enable(name, { ...settings, operation: 'transfer', times: 1 });
			await expect(customer.refused(await customer.operate(transfer))).resolves.toEqual(words);
			expect(scene.sandbox.balance(merchantUsd)).toBe(OPENING);
			await customer.acknowledged(await customer.operate(transfer));
		});

		it('performLate does everything later, and others overtake', async () => {
			scene.sandbox.faults.enable('performLate', { operation: 'transfer', milliseconds: 50 });
			await customer.operate(transfer);
			await customer.operate(account);
			await customer.message('transfer');
			expect(cameAfterAuth(customer.client)).toEqual(['ack', 'account', 'ack', 'transfer']);
		});

		it('settleLate acknowledges now and books later', async () => {
			scene.sandbox.faults.enable('settleLate', { milliseconds: 50 });
			await customer.acknowledged(await customer.operate(transfer));
			expect(scene.sandbox.balance(merchantUsd)).toBe(OPENING);
			await customer.message('transfer');
			expect(scene.sandbox.balance(merchantUsd)).toBe(AFTER_TRANSFER);
		});

		it('neverSettle acknowledges, and nothing happens', async () => {
			scene.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
			await customer.acknowledged(await customer.operate(transfer));
			await expect(customer.messages('transfer')).resolves.toEqual([]);
			expect(scene.sandbox.balance(merchantUsd)).toBe(OPENING);
		});

		it.each([transfer, account, statementOf(merchantUsd, { limit: '1' })])('neverAnswer acknowledges $operation and says nothing more', async (request) => {
			scene.sandbox.faults.enable('neverAnswer');
			await customer.acknowledged(await customer.operate(request));
			await customer.settle();
			expect(cameAfterAuth(customer.client)).toEqual(['ack', 'err']);
			expect(scene.sandbox.balance(merchantUsd)).toBe(request === transfer ? AFTER_TRANSFER : OPENING);
		});

		it('neverAnswer keeps quiet about a failed transfer too', async () => {
			scene.sandbox.faults.enable('neverAnswer');
			await customer.acknowledged(await customer.operate(tooMuch));
			await expect(customer.messages('error')).resolves.toEqual([]);
		});
	});
});

describe.each(['socketIo4', 'socketIo3'] as const)('over %s with a quick heartbeat', (protocol) => {
	it('a silent connection gets no pings and no end, while the library would long have given up', async () => {
		await scene.sandbox.close();
		await scene.start({ pingInterval: 40, pingTimeout: 40 });
		customer = await scene.merchant(protocol);
		const gone = scene.sandbox.next('disconnected');
		scene.sandbox.faults.enable('halfOpenNow');
		await gone;
		await customer.client.end();
		expect(customer.client.endReason).toBe('ping timeout');
	});
});

