import type { StatementFilter } from '../../../client/protocol';
import { errorOf, nextOf } from '../clients';
import { PATIENT, World } from '../world';

const SECONDS = 1_000;
/** A quiet period that does not pass unless the test skips it. */
const NEVER_QUIET = { ...PATIENT, quietPeriod: 600 * SECONDS, responseTimeout: 1_200 * SECONDS };

describe('getStatement', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
	});

	afterEach(async () => await world.end());

	async function narratives(filter: StatementFilter, options = PATIENT): Promise<string[]> {
		const records = await world.client.getStatement({ accountNumber: world.ours, filter }, options);
		return records.map(({ params }) => params.narrative);
	}

	/** Resolves when we have heard of these transactions: nothing of them is under way any more. */
	async function told(...ids: string[]): Promise<void> {
		const missing = new Set(ids);
		await new Promise<void>((resolve) => {
			const remove = world.client.session.onMessage.add(({ message }) => {
				if (message.type === 'transfer') missing.delete(message.params.id);
				if (missing.size > 0) return;
				remove();
				resolve();
			});
		});
	}

	function receive(...texts: string[]): string[] {
		return texts.map((narrative) => world.receive('1.00', narrative));
	}

	it('gives the newest, oldest first, and ends as soon as it has as many', async () => {
		receive('first', 'second', 'third', 'fourth');
		expect(await narratives({ limit: '2' }, NEVER_QUIET)).toEqual(['third', 'fourth']);
	});

	it('gives the newest where announcements of older ones were still under way', async () => {
		receive(...Array.from({ length: 20 }, (_, index) => `number ${index}`));
		expect(await narratives({ limit: '3' }, NEVER_QUIET)).toEqual(['number 17', 'number 18', 'number 19']);
	});

	it('takes records that came before the acknowledgement where no others come', async () => {
		const ids = receive('first', 'second');
		await told(...ids);
		world.sandbox.faults.enable('delay', { message: 'ack', operation: 'statement', milliseconds: 100 });
		expect(await narratives({ limit: '2' })).toEqual(['first', 'second']);
	});

	it('ends as soon as the transaction is found', async () => {
		const [, second] = receive('first', 'second', 'third');
		expect(await narratives({ transactionId: second ?? '' }, NEVER_QUIET)).toEqual(['second']);
	});

	it('is complete after the quiet period where there is less than was asked for', async () => {
		receive('first', 'second');
		expect(await narratives({ limit: '50' })).toHaveLength(3);
		expect(await narratives({ transactionId: '999999' })).toEqual([]);
	});

	it('gives what was booked since a time', async () => {
		await told(...receive('first'));
		const now = Math.floor(Date.now() / SECONDS);
		expect(await narratives({ fromTime: String(now + 3_600) })).toEqual([]);
		expect(await narratives({ fromTime: String(now - 3_600) })).toHaveLength(2);
	});

	it('orders by the number of the transaction, whatever the order of arrival', async () => {
		receive('first', 'second', 'third', 'fourth');
		world.sandbox.faults.enable('reorder', { message: 'transfer', operation: 'statement', count: 4 });
		expect(await narratives({ limit: '4' }, NEVER_QUIET)).toEqual(['first', 'second', 'third', 'fourth']);
	});

	it('gives each record once, however often it is sent', async () => {
		receive('first', 'second', 'third');
		world.sandbox.faults.enable('duplicate', { message: 'transfer', copies: 3 });
		expect(await narratives({ limit: '3' }, NEVER_QUIET)).toEqual(['first', 'second', 'third']);
	});

	it('gives none of what concerns another account', async () => {
		receive('first');
		world.sandbox.faults.enable('answerSomethingElse', { message: 'transfer', operation: 'statement', genuine: true });
		expect(await narratives({ limit: '50' })).toHaveLength(2);
	});

	it.each(['forgeSignature', 'signWithAnotherKey', 'addressAnotherKey', 'corruptAmount', 'nonCanonical', 'resplit', 'garbage', 'oversizedFrame'] as const)(
		'gives nothing that is not truly signed: %s',
		async (fault) => {
			receive('first', 'second');
			world.sandbox.faults.enable(fault, { message: 'transfer', genuine: true });
			const records = await world.client.getStatement({ accountNumber: world.ours, filter: { limit: '2' } }, NEVER_QUIET);
			expect(records.map(({ params }) => [params.narrative, params.sendAmount])).toEqual([
				['first', '1.00'],
				['second', '1.00'],
			]);
		},
	);

	it('lets a live transfer that comes meanwhile take no record’s place', async () => {
		const earlier = receive('first', 'second', 'third');
		// The records wait on the way, while money comes in.
		world.sandbox.faults.enable('performLate', { operation: 'statement', milliseconds: 1 });
		world.sandbox.faults.enable('delay', { message: 'transfer', operation: 'statement', milliseconds: 100 });
		const asked = world.sandbox.next('ack', ({ operation }) => operation === 'statement');
		await told(...earlier);
		const heard = nextOf(world.client.session.onMessage);
		const statement = narratives({ limit: '2' }, NEVER_QUIET);
		await asked;
		world.receive('5.00', 'live');
		expect(await heard).toMatchObject({ message: { params: { narrative: 'live' } } });
		expect(await statement).toEqual(['second', 'third']);
	});

	it('goes on while records still come', async () => {
		receive(...Array.from({ length: 40 }, (_, index) => `number ${index}`));
		expect(await narratives({ limit: '40' }, PATIENT)).toHaveLength(40);
	});

	it('asks again where the connection is lost in the middle', async () => {
		receive('first', 'second', 'third', 'fourth');
		world.sandbox.faults.enable('dropAfterMessages', { message: 'transfer', operation: 'statement', count: 2 });
		expect(await narratives({ limit: '4' }, NEVER_QUIET)).toEqual(['first', 'second', 'third', 'fourth']);
		expect(world.client.session.connections).toBe(2);
	});

	it('asks one after the other for one account', async () => {
		receive('first', 'second', 'third');
		const statements = await Promise.all(['1', '2', '3'].map(async (limit) => await narratives({ limit }, NEVER_QUIET)));
		expect(statements).toEqual([['third'], ['second', 'third'], ['first', 'second', 'third']]);
	});

	it('does not take the records that were asked for another account', async () => {
		world.sandbox.sendMoney({ from: world.ours, to: world.ourOther, amount: '1.00', narrative: 'long ago, to our other account' });
		receive('first', 'second');
		const [statement] = await Promise.all([
			narratives({ limit: '2' }, NEVER_QUIET),
			world.client.getStatement({ accountNumber: world.ourOther, filter: { limit: '10' } }, PATIENT),
		]);
		expect(statement).toEqual(['first', 'second']);
	});

	it('ends when the caller gives up', async () => {
		world.sandbox.faults.enable('neverAnswer', {});
		const controller = new AbortController();
		const acknowledged = world.sandbox.next('ack', ({ operation }) => operation === 'statement');
		const asking = errorOf(narratives({ limit: '1' }, { ...NEVER_QUIET, signal: controller.signal }));
		await acknowledged;
		controller.abort();
		expect(await asking).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
	});

	it('is unknown where the request is not acknowledged', async () => {
		world.sandbox.faults.enable('halfOpen', { operation: 'statement' });
		const arrived = world.sandbox.next('operation', ({ operation }) => operation === 'statement');
		const asking = errorOf(narratives({ limit: '1' }, { ...PATIENT, ackTimeout: 15 * SECONDS }));
		await arrived;
		world.skip(15 * SECONDS);
		expect(await asking).toMatchObject({ name: 'OutcomeUnknownError', details: { accountNumber: world.ours } });
	});

	it('says what the server refuses', async () => {
		const asking = world.client.getStatement({ accountNumber: world.theirs, filter: { limit: '1' } }, PATIENT);
		expect(await errorOf(asking)).toMatchObject({ name: 'RejectedError', outcome: 'rejected' });
	});

	it.each<[string, StatementFilter]>([
		['limit', { limit: '-1' }],
		['limit', { limit: '1.5' }],
		['limit', { limit: '' }],
		['transactionId', { transactionId: 'abc' }],
		['transactionId', { transactionId: '１２' }],
		['fromTime', { fromTime: '2015-04-23' }],
	])('refuses the filter %s: %j', async (field, filter) => {
		expect(await errorOf(narratives(filter))).toMatchObject({ name: 'ValidationError', field });
	});
});

describe('a statement that is proven complete', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
	});

	afterEach(async () => await world.end());

	it('waits for the answer to a later operation, even when nothing comes for long', async () => {
		const { getStatement } = await import('../../../client/operations/get-statement');
		world.receive('1.00', 'first');
		// The records wait longer on the way than the quiet period is; the answer to the later operation waits behind them.
		world.sandbox.faults.enable('delay', { message: 'transfer', operation: 'statement', milliseconds: 300 });
		world.sandbox.faults.enable('delay', { message: 'account', milliseconds: 400 });
		const options = { ackTimeout: 60 * SECONDS, responseTimeout: 60 * SECONDS, quietPeriod: 20 };
		const request = { accountNumber: world.ours, filter: { fromTime: '0' } };
		const proven = await getStatement(world.client.session, request, { ...options, provenComplete: true });
		expect(proven.map(({ params }) => params.narrative)).toContain('first');
		// Without the proof the quiet period decides, and is too short here.
		expect(await getStatement(world.client.session, request, options)).toEqual([]);
	});

	it('ends although transfers are announced all the time', async () => {
		const { getStatement } = await import('../../../client/operations/get-statement');
		world.receive('1.00', 'first');
		const announcing = setInterval(() => world.receive('1.00', 'live'), 20);
		try {
			const options = { ackTimeout: 60 * SECONDS, responseTimeout: 600 * SECONDS, quietPeriod: 200, provenComplete: true };
			const request = { accountNumber: world.ours, filter: { fromTime: '0' } };
			const records = await getStatement(world.client.session, request, options);
			expect(records.map(({ params }) => params.narrative)).toContain('first');
		} finally {
			clearInterval(announcing);
		}
	});

	it('fails where the later operation is not answered', async () => {
		const { getStatement } = await import('../../../client/operations/get-statement');
		world.sandbox.faults.enable('refuse', { operation: 'account' });
		const options = { ackTimeout: 60 * SECONDS, responseTimeout: 60 * SECONDS, quietPeriod: 20, provenComplete: true };
		const request = { accountNumber: world.ours, filter: { fromTime: '0' } };
		expect(await errorOf(getStatement(world.client.session, request, options))).toMatchObject({ name: 'RejectedError' });
	});
});
