import type { INodeParameters } from 'n8n-workflow';
import { readPublicKey, verifyServerMessage } from '../../client';
import { outputItems } from '../engine';
import { customerEur, customerUsd, merchantUsd, statement, World } from './world';

/** The sandbox's bank begins at this moment, and books one transfer a minute. */
const BEGIN = Date.parse('2024-03-10T12:00:00Z');
const MINUTE = 60_000;

let world: World;
let now: number;
beforeEach(async () => {
	now = BEGIN - MINUTE;
	world = await World.open({ sandbox: { clock: () => now } });
});
afterEach(async () => await world.close());

/** Books transfers in and out, a minute apart from the beginning on. */
function book(...narratives: string[]): string[] {
	return narratives.map((narrative) => {
		now += MINUTE;
		const [from, to] = narrative.startsWith('out') ? [merchantUsd, customerUsd] : [customerUsd, merchantUsd];
		return world.sandbox.sendMoney({ from, to, amount: '1.50', narrative }).id;
	});
}

const narrativesOf = async (parameters: INodeParameters, options: Parameters<World['run']>[1] = {}) =>
	(await world.run(statement(parameters), options)).items.map(({ narrative }) => narrative);

describe('items', () => {
	it('are the records, seen from the account', async () => {
		const [incoming, outgoing] = book('in 1', 'out 1');

		const { items } = await world.run(statement({ limit: 2 }));

		expect(items).toEqual([
			{
				id: incoming,
				date: '2024-03-10',
				direction: 'incoming',
				counterparty: customerUsd,
				sendAccount: customerUsd,
				receiveAccount: merchantUsd,
				sendCurrency: 'USD',
				receiveCurrency: 'USD',
				sendAmount: '1.50',
				receiveAmount: '1.50',
				narrative: 'in 1',
			},
			{
				id: outgoing,
				date: '2024-03-10',
				direction: 'outgoing',
				counterparty: customerUsd,
				sendAccount: merchantUsd,
				receiveAccount: customerUsd,
				sendCurrency: 'USD',
				receiveCurrency: 'USD',
				sendAmount: '1.50',
				receiveAmount: '1.50',
				narrative: 'out 1',
			},
		]);
	});

	it('have both amounts where currencies differ', async () => {
		world.sandbox.sendMoney({ from: customerEur, to: merchantUsd, amount: '10.00', narrative: 'from euros' });

		const { items } = await world.run(statement({ limit: 1 }));

		expect(items[0]).toMatchObject({ sendCurrency: 'EUR', sendAmount: '10.00', receiveCurrency: 'USD' });
		expect(items[0]?.receiveAmount).not.toBe('10.00');
	});

	it('keep narratives as they are', async () => {
		const narrative = 'Schröder & Søn – 日本 🏦 "quoted" {{ $json }} <b>';
		book(narrative);

		expect(await narrativesOf({ limit: 1 })).toEqual([narrative]);
	});

	it('come newest last, whatever order they arrive in', async () => {
		const ids = book('in 1', 'in 2', 'in 3', 'in 4');
		world.sandbox.faults.enable('reorder', { message: 'transfer', count: 4 });

		const { items } = await world.run(statement({ limit: 4 }));

		expect(items.map(({ id }) => id)).toEqual(ids);
	});

	it('come once, where the server repeats itself', async () => {
		book('in 1', 'in 2');
		world.sandbox.faults.enable('duplicate', { message: 'transfer', copies: 3 });

		expect(await narrativesOf({ limit: 2 })).toEqual(['in 1', 'in 2']);
	});

	it('leave out what does not verify', async () => {
		book('in 1', 'in 2');
		world.sandbox.faults.enable('forgeSignature', { message: 'transfer', times: 1 });

		expect(await narrativesOf({ limit: 2 })).toEqual(['in 2']);
	});

	it('are paired with the input item that asked for them', async () => {
		const [first] = book('in 1', 'in 2');

		const parameters = statement({ limit: 2, transactionId: '={{ $json.id }}', fromTime: '={{ $now }}' });
		const { run } = await world.run(
			{ ...parameters, filterBy: '={{ $json.by }}' },
			{ input: [{ by: 'limit' }, { by: 'transactionId', id: first }] },
		);

		expect(outputItems(run, 'Pay').map(({ json, pairedItem }) => [json.narrative, pairedItem])).toEqual([
			['in 1', { item: 0 }],
			['in 2', { item: 0 }],
			['in 1', { item: 1 }],
		]);
	});

	it('carry a proof that anybody can verify again, where that is wanted', async () => {
		book('in 1');

		const { items } = await world.run(statement({ limit: 1, options: { includeProof: true } }));

		const serverKey = readPublicKey(world.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no key');
		const trust = { serverKey: serverKey.value, recipient: world.keys.publicKey };
		const proof = items[0]?.proof as { params: object };
		expect(await verifyServerMessage('transfer', JSON.stringify(proof), trust)).toMatchObject({ ok: true });
		const changed = { ...proof, params: { ...proof.params, narrative: 'in 2' } };
		expect(await verifyServerMessage('transfer', JSON.stringify(changed), trust)).toMatchObject({ ok: false });
		expect((await world.run(statement({ limit: 1 }))).items[0]).not.toHaveProperty('proof');
	});
});

describe('limit', () => {
	it('is 50 where nothing is said', async () => {
		book(...Array.from({ length: 60 }, (_, index) => `in ${index}`));

		const narratives = await narrativesOf({});

		expect(narratives).toHaveLength(50);
		expect([narratives[0], narratives[49]]).toEqual(['in 10', 'in 59']);
	});

	it('may be larger than the account has transfers', async () => {
		book('in 1');

		expect(await narrativesOf({ limit: 1000 })).toEqual(['Opening balance', 'in 1']);
	});

	it('gives no items for an account without transfers', async () => {
		const { accountNumber } = world.sandbox.openAccount({ currency: 'USD', publicKeys: [world.keys.publicKey] });

		const { run, items } = await world.run(statement({ accountNumber }));

		expect([run.status, items]).toEqual(['success', []]);
	});

	it('is not filled up by a live transfer that arrives first', async () => {
		book('in 1', 'in 2');
		world.sandbox.faults.enable('delay', { message: 'transfer', operation: 'statement', milliseconds: 100 });
		world.sandbox.on('ack', ({ operation }) => {
			// The statement is made up in the tick of its acknowledgement.
			if (operation === 'statement') setImmediate(() => book('in live'));
		});

		expect(await narrativesOf({ limit: 2, options: { quietPeriod: 1 } })).toEqual(['in 1', 'in 2']);
	});
});

describe('transactionId', () => {
	it('finds one transfer', async () => {
		const [, second] = book('in 1', 'in 2', 'in 3');

		expect(await narrativesOf({ filterBy: 'transactionId', transactionId: ` ${second} ` })).toEqual(['in 2']);
	});

	it('gives no items where there is none', async () => {
		expect(await narrativesOf({ filterBy: 'transactionId', transactionId: '999999' })).toEqual([]);
	});
});

describe('fromTime', () => {
	const from = async (fromTime: INodeParameters[string], options: Parameters<World['run']>[1] = {}) =>
		await narrativesOf({ filterBy: 'fromTime', fromTime }, options);

	beforeEach(() => {
		book('in 12:00', 'in 12:01', 'in 12:02');
	});

	it.each([
		['a text in UTC', '2024-03-10T12:01:00Z'],
		['a text with an offset', '2024-03-10T14:01:00+02:00'],
		['a text with milliseconds', '2024-03-10T12:01:00.000Z'],
		['a Date', '={{ new Date("2024-03-10T12:01:00Z") }}'],
		['a Luxon DateTime of another zone', '={{ DateTime.fromISO("2024-03-10T12:01:00Z").setZone("Asia/Tokyo") }}'],
	])('takes %s', async (_name, fromTime) => {
		expect(await from(fromTime)).toEqual(['in 12:01', 'in 12:02']);
	});

	it('takes a text without an offset as time of the workflow’s zone', async () => {
		// 21:01 in Tokyo is 12:01 in UTC.
		const tokyo = { workflowSettings: { timezone: 'Asia/Tokyo' } };

		expect(await from('2024-03-10T21:01:00', tokyo)).toEqual(['in 12:01', 'in 12:02']);
		expect(await from('2024-03-10T21:01:00', { workflowSettings: { timezone: 'UTC' } })).toEqual([]);
	});

	it('takes what the workflow calls now', async () => {
		expect(await from('={{ $now }}')).toEqual([]);
	});

	it('asks the server in whole seconds, of the three filters for this one only', async () => {
		await from('2024-03-10T12:01:00.999Z');

		expect(world.operations.at(-1)?.params).toEqual({
			accountNumber: merchantUsd,
			accountId: merchantUsd,
			fromTime: String(Date.parse('2024-03-10T12:01:00Z') / 1000),
		});
	});
});

describe('bad input has its own words', () => {
	it.each<[string, INodeParameters, string, string]>([
		['a limit of zero', { limit: 0 }, 'The limit is not a whole number greater than zero', 'limit'],
		['a negative limit', { limit: -1 }, 'The limit is not a whole number greater than zero', 'limit'],
		['half a limit', { limit: 1.5 }, 'The limit is not a whole number greater than zero', 'limit'],
		['a limit that is a text', { limit: '={{ "many" }}' }, 'The limit is not a whole number greater than zero', 'limit'],
		[
			'a transaction id with letters',
			{ filterBy: 'transactionId', transactionId: 'T-1' },
			"The statement's transactionId is not a whole number",
			'transactionId',
		],
		['a date that is none', { filterBy: 'fromTime', fromTime: 'last Tuesday' }, 'The from time is no date and time', 'fromTime'],
		['a date before 1970', { filterBy: 'fromTime', fromTime: '1965-01-01' }, 'The from time is no date and time', 'fromTime'],
		['a filter that is none', { filterBy: '={{ "name" }}', transactionId: '1', fromTime: '={{ $now }}' }, 'The statement’s filter is unknown', 'filterBy'],
		['an account number of nine digits', { accountNumber: '912000000' }, 'The account number is not ten digits', 'accountNumber'],
		['an account number that lost its digits', { accountNumber: '={{ 912 }}' }, 'The account number is not ten digits', 'accountNumber'],
		['a quiet period of zero', { options: { quietPeriod: 0 } }, 'The option quietPeriod is not a number greater', 'quietPeriod'],
		['a time-out that is a text', { options: { responseTimeout: '={{ "long" }}' } }, 'The option responseTimeout', 'responseTimeout'],
		['a negative time-out', { options: { ackTimeout: -1 } }, 'The option ackTimeout is not a number', 'ackTimeout'],
	])('%s', async (_name, parameters, words, field) => {
		const { error } = await world.run(statement(parameters));

		expect(error.message).toContain(words);
		expect(error.description).toMatch(/^Outcome: notSent\. [A-Z].*\.$/);
		expect(error.context).toMatchObject({ outcome: 'notSent', field });
		expect(world.operations.filter(({ operation }) => operation !== 'auth')).toEqual([]);
	});
});
