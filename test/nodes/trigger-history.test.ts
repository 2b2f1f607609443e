import { account, customerUsd, merchantEur, merchantUsd, next, started, statement, World } from './world';

const MINUTE = 60_000;

let world: World;
let past = 0;
beforeEach(async () => {
	past = 60 * MINUTE;
	world = await World.open({ sandbox: { clock: () => Date.now() - past } });
});
afterEach(async () => await world.close());

const pay = (narrative: string) =>
	world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative });

/** Books one transfer at each of these times ago. */
function payBefore(minutes: Record<string, number>): void {
	for (const [narrative, ago] of Object.entries(minutes)) {
		past = ago * MINUTE;
		pay(narrative);
	}
	past = 0;
}

describe('history', () => {
	it('starts nothing', async () => {
		payBefore({ old: 30, recent: 0.1 });
		const active = await world.activate();

		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new']);
	});

	it('starts nothing either where a statement is replayed to every client of the key', async () => {
		await world.close();
		past = 60 * MINUTE;
		world = await World.open({ sandbox: { clock: () => Date.now() - past, broadcastStatements: true } });
		payBefore({ old: 30, recent: 0.1 });
		const active = await world.activate();

		// Another client of the key, with a connection of its own: its transport is another one.
		const credential = world.credential({ transport: 'webSocket' });
		const { items } = await world.run(statement({ limit: 10 }), { credential });
		expect(items).toHaveLength(3);
		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new']);
	});

	it('starts nothing where the action node reads it over the same connection', async () => {
		payBefore({ old: 30, recent: 0.1 });
		const active = await world.activate();

		expect((await world.run(statement({ limit: 10 }))).items).toHaveLength(3);
		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new']);
	});

	it('starts nothing where it is played back by somebody on the way', async () => {
		const active = await world.activate();
		pay('one');
		await next(active.endedExecutions);

		world.sandbox.faults.enable('replayOld', { message: 'transfer', count: 10, genuine: true });
		pay('two');
		await next(active.endedExecutions);
		world.sandbox.faults.clear();
		pay('three');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['one', 'two', 'three']);
	});

	it('of an account that never had a transfer is empty, and its first transfer starts the workflow', async () => {
		const { accountNumber } = world.sandbox.openAccount({ currency: 'USD', publicKeys: [world.keys.publicKey] });
		past = 0;
		const active = await world.begin({ accountNumbers: [accountNumber] });

		world.sandbox.sendMoney({ from: customerUsd, to: accountNumber, amount: '1.00', narrative: 'the very first' });
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['the very first']);
	});

	it('of one account does not hold up another', async () => {
		payBefore({ old: 30 });
		const active = await world.activate({ accountNumbers: [merchantEur, merchantUsd] });

		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new']);
	});

	it('ends with what is announced while the trigger is still asking for it', async () => {
		payBefore({ old: 30 });
		// Booked before the statement is made up, so it is both announced and in the statement.
		void world.sandbox.next('operation', ({ operation }) => operation === 'statement').then(() => pay('meanwhile'));
		const active = await world.begin();

		pay('afterwards');
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['meanwhile', 'afterwards']);
	});

	it.each([
		['lost on its way', 'loseMessage', {}],
		['damaged on its way', 'forgeSignature', {}],
		['held back, and an old one played back in its place', 'replayOld', { genuine: false }],
	] as const)('starts nothing where its newest record is %s', async (_, fault, settings) => {
		payBefore({ old: 30, older: 20, recent: 0.1 });
		// Something that can be played back.
		await world.run(statement({ limit: 10 }));
		world.sandbox.faults.enable(fault, { ...settings, operation: 'statement', message: 'transfer', times: 1 });
		const begun = world.listening(3);
		const active = await world.begin();
		await begun;
		expect(world.sandbox.faults.active).toMatchObject([{ spent: true }]);

		pay('new');
		await next(active.endedExecutions);
		await world.engine.forgetExecutions();
		const listening = world.listening();
		world.sandbox.dropConnections();
		await listening;
		pay('newer');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new', 'newer']);
	});

	it('starts nothing where no record of it gets through undamaged, until one does', async () => {
		payBefore({ old: 30, recent: 0.1 });
		world.sandbox.faults.enable('forgeSignature', { operation: 'statement', message: 'transfer' });
		// Eight readings, and from the second on the question whether there is any money.
		const givenUp = world.listening(15);
		const active = await world.begin();
		await givenUp;
		// Whatever came of them is over when this is answered.
		await world.run(account());
		world.sandbox.faults.clear();
		const listening = world.listening(2);
		world.sandbox.dropConnections();
		await listening;
		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['new']);
	});

	it('starts nothing where an activation is interrupted and another client is sent the statement meanwhile, and everybody with it', async () => {
		await world.close();
		past = 60 * MINUTE;
		world = await World.open({ sandbox: { clock: () => Date.now() - past, broadcastStatements: true } });
		payBefore({ old: 30, recent: 0.1 });
		world.sandbox.faults.enable('refuseConnections', { times: 2 });
		const active = await world.begin();
		// As the trigger asks for what came since its activation.
		const asked = world.sandbox.next('operation', ({ operation, params }) => operation === 'statement' && 'fromTime' in Object(params), 10_000);
		pay('since the activation');
		await asked;
		const credential = world.credential({ transport: 'webSocket' });
		await world.run(statement({ limit: 10 }), { credential });
		await next(active.endedExecutions);
		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['since the activation', 'new']);
	});

	it.each(['loseMessage', 'forgeSignature'] as const)('leaves out nothing that came since an interrupted activation, where a record meets %s', async (fault) => {
		payBefore({ old: 30 });
		world.sandbox.faults.enable('refuseConnections', { times: 2 });
		const active = await world.begin();
		const asked = world.sandbox.next('operation', ({ operation, params }) => operation === 'statement' && 'fromTime' in Object(params), 10_000);
		pay('one');
		pay('two');
		// Before its answer is made up: an event comes in the middle of what it tells of.
		void asked.then(() => world.sandbox.faults.enable(fault, { operation: 'statement', message: 'transfer', times: 1 }));
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(world.sandbox.faults.active).toContainEqual(expect.objectContaining({ name: fault, spent: true }));
		expect(started(active.executions)).toEqual(['one', 'two']);
	});

	it('ends exactly at the activation, also for the next one', async () => {
		past = 0;
		pay('just before');
		const first = await world.begin();
		await first.deactivate();
		pay('just after');
		const second = await world.begin();
		await next(second.endedExecutions);

		expect(started([...first.executions, ...second.executions])).toEqual(['just after']);
	});
});

describe('emitHistorySince', () => {
	it('begins in the past on the first activation, in order, and goes on with what is new', async () => {
		payBefore({ older: 50, old: 30, recent: 10 });
		const since = new Date(Date.now() - 40 * MINUTE).toISOString();
		const active = await world.activate({ options: { emitHistorySince: since } });

		await next(active.endedExecutions);
		await next(active.endedExecutions);
		pay('new');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['old', 'recent', 'new']);
	});

	it('has no effect on later activations', async () => {
		payBefore({ old: 30, recent: 10 });
		const since = new Date(Date.now() - 40 * MINUTE).toISOString();
		const first = await world.activate({ options: { emitHistorySince: since } });
		await next(first.endedExecutions);
		await next(first.endedExecutions);
		pay('new');
		await next(first.endedExecutions);
		await first.deactivate();

		const second = await world.activate({ options: { emitHistorySince: since } });
		pay('newer');
		await next(second.endedExecutions);

		expect(started(second.executions)).toEqual(['newer']);
	});

	it('that is no date keeps the workflow from being activated, with words', async () => {
		await expect(world.begin({ options: { emitHistorySince: 'last Tuesday' } })).rejects.toThrow(
			'The start of the history is no date and time',
		);
	});
});

describe('activating again', () => {
	it('goes on where it ended, without repeating anything', async () => {
		const first = await world.activate();
		past = 0;
		pay('one');
		pay('two');
		await next(first.endedExecutions);
		await next(first.endedExecutions);
		await first.deactivate();

		pay('meanwhile');
		const second = await world.begin();
		await next(second.endedExecutions);
		pay('after');
		await next(second.endedExecutions);

		expect(started(second.executions)).toEqual(['meanwhile', 'after']);
	});

	it('with catching up switched off leaves out what came meanwhile', async () => {
		past = 0;
		const first = await world.activate({ options: { catchUp: false } });
		pay('one');
		await next(first.endedExecutions);
		await first.deactivate();

		pay('meanwhile');
		const second = await world.activate({ options: { catchUp: false } });
		pay('after');
		await next(second.endedExecutions);

		expect(started(second.executions)).toEqual(['after']);
	});
});

it('an account that is not registered for the key keeps nothing else from working', async () => {
	const refused = world.sandbox.next('err', ({ operation }) => operation === 'statement');
	const active = await world.begin({ accountNumbers: [customerUsd] });
	await refused;

	expect((await world.run(account())).items).toHaveLength(1);
	expect(active.executions).toEqual([]);
});
