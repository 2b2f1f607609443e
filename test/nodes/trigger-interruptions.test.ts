import { customerUsd, merchantUsd, next, started, triggerWorkflow, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

const pay = (narrative: string) =>
	world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative });

/** The server was away, and came back with a transfer that nobody was told of. */
async function restartWith(narrative: string): Promise<void> {
	await world.sandbox.stop();
	pay(narrative);
	await world.sandbox.start();
}

describe('after an interruption', () => {
	it('what happened meanwhile starts the workflow, before what comes after', async () => {
		const active = await world.activate();
		pay('before');
		await next(active.endedExecutions);

		const listening = world.listening();
		await restartWith('meanwhile');
		await listening;
		pay('after');
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['before', 'meanwhile', 'after']);
	});

	it('it does not, where catching up is switched off', async () => {
		const active = await world.activate({ options: { catchUp: false } });
		pay('before');
		await next(active.endedExecutions);

		const listening = world.listening();
		await restartWith('meanwhile');
		await listening;
		pay('after');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['before', 'after']);
	});

	it('nothing is repeated where nothing happened', async () => {
		const active = await world.activate();
		pay('before');
		await next(active.endedExecutions);

		const listening = world.listening();
		world.sandbox.dropConnections();
		await listening;
		pay('after');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['before', 'after']);
		expect(active.suppressedKeys.all).toEqual([]);
	});

	it('one connection serves again, and nobody else’s is left', async () => {
		const active = await world.activate();

		const listening = world.listening();
		world.sandbox.dropConnections();
		await listening;

		expect(world.sandbox.connections).toHaveLength(1);
		expect(active.savedErrors.all).toEqual([]);
	});

	it('a statement that is not answered at first is asked for again', async () => {
		const active = await world.activate();
		pay('before');
		await next(active.endedExecutions);
		world.sandbox.faults.enable('dropAfterAck', { operation: 'statement', times: 1 });

		await restartWith('meanwhile');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['before', 'meanwhile']);
	});
});

describe('a server that is not there when the workflow is activated', () => {
	it('does not keep it from being activated, and is connected to when it comes', async () => {
		await world.sandbox.stop();
		const active = await world.begin();

		pay('while it was away');
		const listening = world.listening();
		await world.sandbox.start();
		await listening;
		pay('at last');
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['while it was away', 'at last']);
	});
});

describe('after a crash of n8n', () => {
	it('nothing is lost and nothing repeated', async () => {
		const holding = triggerWorkflow({}, 'test.hanging');
		const before = await world.activate({}, { workflow: holding });
		pay('done');
		await next(world.hanging.entered);
		world.hanging.release();
		await next(before.endedExecutions);
		pay('running');
		await next(world.hanging.entered);
		pay('waiting');
		before.crash();
		pay('while it was down');

		const after = await world.begin({}, { workflow: holding });
		for (const narrative of ['waiting', 'while it was down']) {
			const [item] = await next(world.hanging.entered);
			expect(item?.json.narrative).toBe(narrative);
			world.hanging.release();
			await next(after.endedExecutions);
		}

		expect(started(before.executions)).toEqual(['done', 'running']);
		expect(started(after.executions)).toEqual(['waiting', 'while it was down']);
	});

	it('nothing is lost before the first event either', async () => {
		const before = await world.activate();
		before.crash();
		await world.engine.close();
		pay('while it was down');
		const after = await world.begin();
		await next(after.endedExecutions);

		expect(started(after.executions)).toEqual(['while it was down']);
	});

	it('goes on from static data that another process saved', async () => {
		const before = await world.activate();
		pay('one');
		pay('two');
		await next(before.endedExecutions);
		await next(before.endedExecutions);
		const staticData = before.savedStaticData;
		before.crash();
		pay('three');

		const other = triggerWorkflow({}, undefined, before.workflowId);
		const after = await world.begin({}, { workflow: other, staticData });
		await next(after.endedExecutions);

		expect(started(after.executions)).toEqual(['three']);
	});
});
