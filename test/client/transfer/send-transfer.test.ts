import { setImmediate as nextTurn } from 'node:timers/promises';
import { getStatement } from '../../../client/operations/get-statement';
import { errorOf, nextOf } from '../clients';
import { occupyThreads } from '../threads';
import { PATIENT, World } from '../world';

const SECONDS = 1_000;
const CONFIRMATION_TIMEOUT = 100 * SECONDS;
const WAIT = { ...PATIENT, waitForConfirmation: true, confirmationTimeout: CONFIRMATION_TIMEOUT };

describe('sending a transfer without a reference', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
	});

	afterEach(async () => await world.end());

	const rent = (changes: object = {}) => ({
		accountNumber: world.ours,
		beneficiary: world.theirs,
		currency: 'USD',
		amount: 150.1,
		narrative: 'Rent',
		...changes,
	});
	const isTransfer = ({ operation }: { operation: string }) => operation === 'transfer';

	it('is accepted as soon as the server acknowledges it', async () => {
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
		const result = await world.client.sendTransfer(rent(), PATIENT);
		expect(result).toMatchObject({ status: 'accepted', alreadySent: false, transfer: { sentNarrative: 'Rent', amount: '150.10' } });
		expect(result.record).toBeUndefined();
		// It can be kept as it is.
		expect(JSON.parse(JSON.stringify(result))).toEqual(result);
	});

	it('is confirmed by the signed record', async () => {
		const result = await world.client.sendTransfer(rent(), WAIT);
		expect(result).toMatchObject({ status: 'confirmed', alreadySent: false, nonce: expect.any(Number) });
		expect(result.record?.params).toMatchObject({ sendAccount: world.ours, receiveAccount: world.theirs, sendAmount: '150.10', narrative: 'Rent' });
		expect(world.sent()).toEqual(['Rent']);
	});

	it('stays accepted where the record does not come in time', async () => {
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
		const sending = world.client.sendTransfer(rent(), WAIT);
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ status: 'accepted' });
	});

	it('fails by a signed error for its nonce', async () => {
		const error = await errorOf(world.client.sendTransfer(rent({ amount: 5_000 }), WAIT));
		expect(error).toMatchObject({ name: 'RejectedError', outcome: 'rejected', details: { amount: '5000.00', nonce: expect.stringMatching(/^[0-9]{13}$/u) } });
		expect(error.message).toContain(`The transfer of 5000.00 USD from account ${world.ours} to ${world.theirs} was rejected: `);
	});

	it('does not fail by a signed error for another nonce', async () => {
		world.sandbox.faults.enable('answerSomethingElse', { message: 'error', genuine: false });
		const heard = nextOf(world.client.session.onMessage, ({ message }) => message.type === 'error');
		const sending = world.client.sendTransfer(rent({ amount: 5_000 }), WAIT);
		await heard;
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ status: 'accepted' });
	});

	it.each(['forgeSignature', 'signWithAnotherKey', 'addressAnotherKey', 'corruptAmount', 'nonCanonical', 'resplit', 'answerSomethingElse'] as const)(
		'is not confirmed by a record that is not truly its own: %s',
		async (fault) => {
			world.sandbox.faults.enable(fault, { message: 'transfer', operation: 'transfer', genuine: false });
			const settled = world.sandbox.next('settled');
			const sending = world.client.sendTransfer(rent(), WAIT);
			await settled;
			await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
			await world.sandbox.idle();
			await world.client.getAccount(world.ours, PATIENT);
			world.skip(CONFIRMATION_TIMEOUT);
			expect(await sending).toMatchObject({ status: 'accepted' });
		},
	);

	it('is rejected where the server refuses it', async () => {
		world.sandbox.faults.enable('refuse', { operation: 'transfer', reason: 'Account is closed' });
		const error = await errorOf(world.client.sendTransfer(rent(), PATIENT));
		expect(error).toMatchObject({ name: 'RejectedError', outcome: 'rejected', reason: 'Account is closed' });
		expect(world.sent()).toEqual([]);
	});

	it('is unknown where nobody answers, and is never written a second time', async () => {
		world.sandbox.faults.enable('halfOpen', { operation: 'transfer', effect: true });
		const arrived = world.sandbox.next('operation', isTransfer);
		const settled = world.sandbox.next('settled');
		const sending = errorOf(world.client.sendTransfer(rent(), { ...PATIENT, ackTimeout: CONFIRMATION_TIMEOUT }));
		const { nonce } = await arrived;
		await settled;
		world.skip(CONFIRMATION_TIMEOUT);
		const error = await sending;
		expect(error).toMatchObject({ name: 'OutcomeUnknownError', outcome: 'unknown', details: { nonce: String(nonce) } });
		expect(error.message).toContain(String(nonce));
		expect(error.description).toContain('may pay twice');
		expect(world.sent()).toEqual(['Rent']);
	});

	it.each(['dropBeforeAck', 'dropBeforeAckAfterEffect'] as const)('is unknown where the connection is lost before the answer: %s', async (fault) => {
		world.sandbox.faults.enable(fault, { operation: 'transfer', times: 1 });
		expect(await errorOf(world.client.sendTransfer(rent(), PATIENT))).toMatchObject({ outcome: 'unknown' });
		await world.client.ready({ ackTimeout: 60 * SECONDS });
		await world.client.getAccount(world.ours, PATIENT);
		expect(world.sent()).toHaveLength(fault === 'dropBeforeAck' ? 0 : 1);
	});

	it('is confirmed where the record comes and the acknowledgement was lost', async () => {
		world.sandbox.faults.enable('loseAck', { operation: 'transfer' });
		const sending = world.client.sendTransfer(rent(), { ...WAIT, ackTimeout: 15 * SECONDS });
		await nextOf(world.client.session.onMessage, ({ message }) => message.type === 'transfer' && message.params.narrative === 'Rent');
		world.skip(15 * SECONDS);
		expect(await sending).toMatchObject({ status: 'confirmed' });
	});

	it('is cancelled where the caller gave up before it was written', async () => {
		const signal = AbortSignal.abort();
		expect(await errorOf(world.client.sendTransfer(rent(), { ...PATIENT, signal }))).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
		expect(world.sandbox.counters.operations).toBe(1);
	});

	it('is cancelled, and not written, where the caller gives up while it is being signed', async () => {
		const controller = new AbortController();
		const threads = occupyThreads();
		const sending = errorOf(world.client.sendTransfer(rent(), { ...PATIENT, signal: controller.signal }));
		// Where another one waits behind it, it is signed on another thread, which takes its time here.
		const next = world.client.sendTransfer({ ...rent(), narrative: 'Next' }, PATIENT);
		await nextTurn();
		controller.abort();
		await threads.release();
		expect(await sending).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
		await next;
		await world.client.getAccount(world.ours, PATIENT);
		expect(world.sent()).toEqual(['Next']);
	});

	it('is unknown where the caller gives up after it was written', async () => {
		world.sandbox.faults.enable('performLate', { operation: 'transfer', milliseconds: 50 });
		const controller = new AbortController();
		const arrived = world.sandbox.next('operation', isTransfer);
		const sending = errorOf(world.client.sendTransfer(rent(), { ...PATIENT, signal: controller.signal }));
		await arrived;
		controller.abort();
		expect(await sending).toMatchObject({ name: 'OutcomeUnknownError', outcome: 'unknown' });
	});

	it('is accepted where the caller gives up while waiting for the confirmation', async () => {
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
		const controller = new AbortController();
		const sending = world.client.sendTransfer(rent(), { ...WAIT, signal: controller.signal });
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		controller.abort();
		expect(await sending).toMatchObject({ status: 'accepted' });
	});

	it('is not sent where there is no connection', async () => {
		const lost = nextOf(world.client.session.onDisconnected);
		await world.sandbox.stop();
		await lost;
		const sending = errorOf(world.client.sendTransfer(rent(), { ...PATIENT, ackTimeout: CONFIRMATION_TIMEOUT }));
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ name: 'ConnectionError', outcome: 'notSent' });
	});

	it('is confirmed once by each record: two that look the same need two records', async () => {
		world.sandbox.faults.enable('duplicate', { message: 'transfer', copies: 2 });
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer', times: 1 });
		const results = await Promise.all([
			world.client.sendTransfer(rent(), { ...WAIT, confirmationTimeout: 2 * SECONDS }),
			world.client.sendTransfer(rent(), { ...WAIT, confirmationTimeout: 2 * SECONDS }),
		]);
		expect(results.map(({ status }) => status).sort()).toEqual(['accepted', 'confirmed']);
		expect(world.sent()).toHaveLength(1);
	});

	it('is confirmed, each of many that look the same, by a record of its own', async () => {
		const results = await Promise.all(Array.from({ length: 6 }, async () => await world.client.sendTransfer(rent({ amount: 1 }), WAIT)));
		expect(results.map(({ status }) => status)).toEqual(results.map(() => 'confirmed'));
		expect(new Set(results.map(({ record }) => record?.params.id)).size).toBe(6);
	});
});

describe('an older transfer that looks the same', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
		world.sandbox.sendMoney({ from: world.ours, to: world.theirs, amount: '150.10', narrative: 'Rent' });
		world.sandbox.sendMoney({ from: world.theirs, to: world.ours, amount: '1.00', narrative: 'something else' });
		await world.client.sendTransfer({ ...rent(), amount: 1 }, PATIENT);
		await world.client.getAccount(world.ours, PATIENT);
		world.sandbox.dropConnections();
		await nextOf(world.client.session.onReady);
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
	});

	afterEach(async () => await world.end());

	const rent = () => ({ accountNumber: world.ours, beneficiary: world.theirs, currency: 'USD', amount: 150.1, narrative: 'Rent' });

	/** Brings last month's record in while the new transfer waits. */
	async function readStatement(): Promise<string[]> {
		const request = { accountNumber: world.ours, filter: { fromTime: '0' } };
		const records = await getStatement(world.client.session, request, { ackTimeout: 60 * SECONDS, responseTimeout: 60 * SECONDS, quietPeriod: 50, provenComplete: true });
		return records.map(({ params }) => params.narrative);
	}

	it('does not confirm a new one', async () => {
		const sending = world.client.sendTransfer(rent(), WAIT);
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		expect(await readStatement()).toContain('Rent');
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ status: 'accepted' });
	});

	it('does not confirm a new one either where this connection has shown only something still older', async () => {
		const [opening] = world.sandbox.ledger.filter(({ receiveAccount }) => receiveAccount === world.ours);
		await world.client.getStatement({ accountNumber: world.ours, filter: { transactionId: opening?.id ?? '' } }, PATIENT);
		const sending = world.client.sendTransfer(rent(), WAIT);
		await world.connections.clock.timer(CONFIRMATION_TIMEOUT);
		expect(await readStatement()).toContain('Rent');
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ status: 'accepted' });
	});

	it('does not turn an unknown outcome into a known one', async () => {
		world.sandbox.faults.enable('loseAck', { operation: 'transfer' });
		const arrived = world.sandbox.next('operation', ({ operation }) => operation === 'transfer');
		const sending = errorOf(world.client.sendTransfer(rent(), { ...PATIENT, ackTimeout: CONFIRMATION_TIMEOUT }));
		await arrived;
		expect(await readStatement()).toContain('Rent');
		world.skip(CONFIRMATION_TIMEOUT);
		expect(await sending).toMatchObject({ name: 'OutcomeUnknownError' });
	});
});
