import { errorOf, nextOf } from '../clients';
import { PATIENT, World } from '../world';

const SECONDS = 1_000;
const RESPONSE_TIMEOUT = 100 * SECONDS;

describe('getAccount', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
	});

	/** Lets the response time-out pass as soon as the request waits for its answer. */
	async function skipResponseTimeout(): Promise<void> {
		await world.connections.clock.timer(RESPONSE_TIMEOUT);
		world.skip(RESPONSE_TIMEOUT);
	}

	afterEach(async () => await world.end());

	it('gives the signed record, which proves itself', async () => {
		const record = await world.client.getAccount(world.ours, PATIENT);
		expect(record).toMatchObject({
			key: world.sandbox.serverPublicKey,
			rcpt: world.key.publicKey,
			params: { accountNumber: world.ours, currency: 'USD', balance: '1000.00', available: '1000.00' },
			nonce: expect.stringMatching(/^[0-9]{13}$/u),
			signed: expect.stringMatching(/^M[A-Za-z0-9+/]+=*$/u),
		});
	});

	it('gives the balance of the moment each time', async () => {
		await world.client.getAccount(world.ours, PATIENT);
		world.receive('12.50', 'in between');
		expect((await world.client.getAccount(world.ours, PATIENT)).params.balance).toBe('1012.50');
	});

	it('does not take an old answer that is played back', async () => {
		await world.client.getAccount(world.ours, PATIENT);
		world.receive('12.50', 'in between');
		world.sandbox.faults.enable('replayOld', { message: 'account' });
		expect((await world.client.getAccount(world.ours, PATIENT)).params.balance).toBe('1012.50');
	});

	it('waits in vain where nothing but an old answer comes', async () => {
		await world.client.getAccount(world.ours, PATIENT);
		world.sandbox.faults.enable('replayOld', { message: 'account', genuine: false });
		const replayed = nextOf(world.client.session.onMessage);
		const asking = errorOf(world.client.getAccount(world.ours, { ...PATIENT, responseTimeout: RESPONSE_TIMEOUT }));
		await replayed;
		await skipResponseTimeout();
		expect(await asking).toMatchObject({ name: 'OutcomeUnknownError', details: { accountNumber: world.ours } });
	});

	it('does not take the balance of another account', async () => {
		world.sandbox.faults.enable('answerSomethingElse', { message: 'account', genuine: true });
		const { params } = await world.client.getAccount(world.ours, PATIENT);
		expect(params).toMatchObject({ accountNumber: world.ours, balance: '1000.00' });
	});

	it('tells two of our own accounts apart that are asked for at the same time', async () => {
		world.sandbox.faults.enable('reorder', { message: 'account', times: 2 });
		world.receive('12.50', 'to one of them');
		const records = await Promise.all([world.ours, world.ourOther].map(async (account) => await world.client.getAccount(account, PATIENT)));
		expect(records.map(({ params }) => [params.accountNumber, params.balance])).toEqual([
			[world.ours, '1012.50'],
			[world.ourOther, '1000.00'],
		]);
	});

	it('asks one after the other for one account', async () => {
		const records = await Promise.all(Array.from({ length: 5 }, async () => await world.client.getAccount(world.ours, PATIENT)));
		expect(new Set(records.map(({ nonce }) => nonce)).size).toBe(5);
	});

	it.each(['forgeSignature', 'signWithAnotherKey', 'addressAnotherKey', 'corruptAmount', 'nonCanonical', 'garbage'] as const)(
		'says that an answer came and cannot be trusted: %s',
		async (fault) => {
			world.sandbox.faults.enable(fault, { message: 'account', genuine: false });
			const unaccepted = nextOf(world.client.session.onUnaccepted);
			const asking = errorOf(world.client.getAccount(world.ours, { ...PATIENT, responseTimeout: RESPONSE_TIMEOUT }));
			await unaccepted;
			await skipResponseTimeout();
			expect(await asking).toMatchObject({ name: 'VerificationError', details: { accountNumber: world.ours } });
		},
	);

	it.each(['forgeSignature', 'signWithAnotherKey', 'corruptAmount', 'nonCanonical', 'garbage', 'resplit', 'oversizedFrame'] as const)(
		'is not kept from the genuine answer by what comes before it: %s',
		async (fault) => {
			world.sandbox.faults.enable(fault, { message: 'account', genuine: true });
			expect((await world.client.getAccount(world.ours, PATIENT)).params.balance).toBe('1000.00');
		},
	);

	it('ends after the response time-out where no answer comes', async () => {
		world.sandbox.faults.enable('neverAnswer', {});
		const asking = errorOf(world.client.getAccount(world.ours, { ...PATIENT, responseTimeout: RESPONSE_TIMEOUT }));
		await skipResponseTimeout();
		expect(await asking).toMatchObject({ name: 'OutcomeUnknownError', outcome: 'unknown' });
	});

	it('ends after the time-out of the acknowledgement where neither comes', async () => {
		world.sandbox.faults.enable('halfOpen', { operation: 'account' });
		const arrived = world.sandbox.next('operation', ({ operation }) => operation === 'account');
		const asking = errorOf(world.client.getAccount(world.ours, { ...PATIENT, ackTimeout: 15 * SECONDS }));
		await arrived;
		world.skip(15 * SECONDS);
		expect(await asking).toMatchObject({ name: 'OutcomeUnknownError' });
	});

	it('takes the answer although the acknowledgement was lost', async () => {
		world.sandbox.faults.enable('loseAck', { operation: 'account' });
		const answered = nextOf(world.client.session.onMessage);
		const asking = world.client.getAccount(world.ours, { ...PATIENT, ackTimeout: 15 * SECONDS });
		await answered;
		world.skip(15 * SECONDS);
		expect((await asking).params.balance).toBe('1000.00');
	});

	it.each(['dropBeforeAck', 'dropAfterAck'] as const)('asks again on the next connection: %s', async (fault) => {
		world.sandbox.faults.enable(fault, { operation: 'account', times: 1 });
		expect((await world.client.getAccount(world.ours, PATIENT)).params.balance).toBe('1000.00');
		expect(world.client.session.connections).toBe(2);
	});

	it('does not ask for ever where every connection is lost', async () => {
		world.sandbox.faults.enable('dropAfterAck', { operation: 'account' });
		expect(await errorOf(world.client.getAccount(world.ours, PATIENT))).toMatchObject({ name: 'ConnectionError', reason: 'lost' });
	});

	it('ends when the caller gives up, before and after the acknowledgement', async () => {
		const before = AbortSignal.abort();
		expect(await errorOf(world.client.getAccount(world.ours, { ...PATIENT, signal: before }))).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
		world.sandbox.faults.enable('neverAnswer', {});
		const controller = new AbortController();
		const acknowledged = world.sandbox.next('ack', ({ operation }) => operation === 'account');
		const asking = errorOf(world.client.getAccount(world.ours, { ...PATIENT, signal: controller.signal }));
		await acknowledged;
		controller.abort();
		expect(await asking).toMatchObject({ name: 'CancelledError' });
	});

	it('says what the server refuses, and why', async () => {
		const error = await errorOf(world.client.getAccount(world.theirs, PATIENT));
		expect(error).toMatchObject({ name: 'RejectedError', outcome: 'rejected', details: { accountNumber: world.theirs } });
		expect(error.message).toContain('not registered to this key');
	});

	it.each(['', '912000000', '91200000011', '912000000a', '９１２００００００１', ' '])('refuses the account number %j', async (accountNumber) => {
		expect(await errorOf(world.client.getAccount(accountNumber, PATIENT))).toMatchObject({ name: 'ValidationError', field: 'accountNumber' });
	});

	it('drops white space around the account number', async () => {
		expect((await world.client.getAccount(` ${world.ours}\n`, PATIENT)).params.accountNumber).toBe(world.ours);
	});
});
