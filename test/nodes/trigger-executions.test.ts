import { account, customerUsd, merchantUsd, next, started, TRIGGER, triggerWorkflow, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

const pay = (...narratives: string[]) =>
	narratives.map((narrative) => world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative }).id);

/** Resolves when everything that was announced is taken in: the answer comes behind it, on the same connection. */
const arrived = async () => await world.run(account());

const holding = { workflow: triggerWorkflow({}, 'test.hanging') };

it('start one at a time, in the order of the transfers', async () => {
	const active = await world.activate({}, holding);

	pay('one', 'two', 'three');
	for (const narrative of ['one', 'two', 'three']) {
		const [item] = await next(world.hanging.entered);
		expect(item?.json.narrative).toBe(narrative);
		// Whatever follows has not begun.
		expect(active.executions).toHaveLength(active.endedExecutions.all.length + 1);
		world.hanging.release();
		await next(active.endedExecutions);
	}

	expect(started(active.executions)).toEqual(['one', 'two', 'three']);
});

it('start in the order of the transfers where messages come in another one', async () => {
	const active = await world.activate({}, holding);
	pay('first');
	await next(world.hanging.entered);
	world.sandbox.faults.enable('reorder', { message: 'transfer', count: 3 });
	pay('two', 'three', 'four');
	await arrived();

	for (let count = 0; count < 4; count += 1) {
		world.hanging.release();
		await next(active.endedExecutions);
	}

	expect(started(active.executions)).toEqual(['first', 'two', 'three', 'four']);
});

it('go on with the next transfer where one failed', async () => {
	const failing = { ...triggerWorkflow(), id: 'workflow-failing1' };
	const parameters = { assignments: { assignments: [{ name: 'a', value: '={{ $json.narrative.nothing.at.all() }}', type: 'string' }] } };
	failing.nodes = failing.nodes.map((node) =>
		node.name === 'Next' ? { ...node, type: 'n8n-nodes-base.set', parameters } : node,
	);
	const active = await world.activate({}, { workflow: failing });

	pay('one', 'two');
	await next(active.endedExecutions);
	await next(active.endedExecutions);

	expect(started(active.executions)).toEqual(['one', 'two']);
});

it('do not wait for one that hangs longer than the execution timeout', async () => {
	const parameters = { options: { executionTimeout: 0.2 } };
	const active = await world.activate(parameters, { workflow: triggerWorkflow(parameters, 'test.hanging') });

	pay('hangs', 'next');
	await next(world.hanging.entered);
	await next(world.hanging.entered);

	expect(started(active.executions)).toEqual(['hangs', 'next']);
	expect(active.endedExecutions.all).toEqual([]);
});

it('take together what arrives together, where that is wanted', async () => {
	const parameters = { options: { batch: true } };
	const active = await world.activate(parameters, { workflow: triggerWorkflow(parameters, 'test.hanging') });
	pay('one');
	await next(world.hanging.entered);

	const ids = pay('two', 'three', 'four');
	await arrived();
	world.hanging.release();
	const items = await next(world.hanging.entered);
	world.hanging.release();
	await next(active.endedExecutions);
	await next(active.endedExecutions);

	expect(items.map(({ json }) => json.id)).toEqual(ids);
	expect(active.executions).toHaveLength(2);
});

it('are emitted again where they could not be created', async () => {
	const active = await world.activate();
	active.failNextExecutionCreation(new Error('no database'));

	pay('one', 'two');
	await next(active.endedExecutions);
	await next(active.endedExecutions);

	expect(started(active.executions)).toEqual(['one', 'two']);
});

it('that a user stopped are not started again', async () => {
	const active = await world.activate({}, holding);
	pay('stopped');
	await next(world.hanging.entered);
	active.executions[0]?.cancel();
	await next(active.endedExecutions);

	pay('next');
	await next(world.hanging.entered);

	expect(started(active.executions)).toEqual(['stopped', 'next']);
	expect(active.suppressedKeys.all).toEqual([]);
});

it('have a de-duplication key of their workflow, node and transfer, short enough for n8n', async () => {
	const active = await world.activate();

	const [id] = pay('one');
	const { deduplicationKey } = await next(active.endedExecutions);

	expect(deduplicationKey).toBe(`cryptoCapital:${active.workflowId}:id-of-Trigger:${id}`);
});

it('start in two workflows of one credential, over one connection', async () => {
	const first = await world.activate({}, { workflow: triggerWorkflow({}, undefined, 'workflow00000001') });
	const second = await world.activate({}, { workflow: triggerWorkflow({}, undefined, 'workflow00000002') });

	pay('one', 'two');
	for (const active of [first, second]) {
		await next(active.endedExecutions);
		await next(active.endedExecutions);
		expect(started(active.executions)).toEqual(['one', 'two']);
	}

	expect(world.sandbox.counters.connections).toBe(1);
});

it('go on in one workflow when the other is deactivated', async () => {
	const first = await world.activate({}, { workflow: triggerWorkflow({}, undefined, 'workflow00000001') });
	const second = await world.activate({}, { workflow: triggerWorkflow({}, undefined, 'workflow00000002') });

	await first.deactivate();
	pay('one');
	await next(second.endedExecutions);

	expect([first.executions.length, second.executions.length]).toEqual([0, 1]);
});

it('start once where n8n activates a second instance before it closes the first', async () => {
	const earlier = await world.activate();
	const later = await world.activate({}, { besideEarlier: true });

	pay('one');
	await next(later.endedExecutions);
	pay('two');
	await next(later.endedExecutions);

	expect(earlier.executions).toEqual([]);
	expect(started(later.executions)).toEqual(['one', 'two']);
});

it('start in both of two triggers in one workflow', async () => {
	const workflow = triggerWorkflow();
	const [trigger] = workflow.nodes;
	if (!trigger) throw new Error('The workflow has no trigger');
	workflow.nodes.push({ ...trigger, id: 'another', name: 'Another', type: TRIGGER });
	// Each reads twice what is history for it.
	const listening = world.listening(4);
	const active = await world.begin({}, { workflow });
	await listening;

	pay('one');
	await next(active.endedExecutions);
	await next(active.endedExecutions);

	expect(active.executions.map(({ startNode }) => startNode).sort()).toEqual(['Another', 'Trigger']);
});
