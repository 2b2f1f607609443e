import { getActiveResourcesInfo } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { sharedConnections } from '../../client';
import { customerUsd, merchantUsd, next, started, triggerWorkflow, World } from './world';

/** The connection lingers for ten seconds, in case the next execution wants it. */
const LINGER_AND_MORE = 15_000;

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

const pay = (narrative: string) =>
	world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative });

/** What keeps the process from ending. */
const busyWith = () => getActiveResourcesInfo().filter((name) => /socket|tcp|timeout/iu.test(name));

/** What is there now and was not there before. What was there may have gone, for reasons of its own. */
function added(before: readonly string[]): string[] {
	const remaining = [...before];
	return busyWith().filter((name) => {
		const at = remaining.indexOf(name);
		if (at !== -1) remaining.splice(at, 1);
		return at === -1;
	});
}

// The first in its file, so that nothing of another test is closing meanwhile.
it('a deactivated workflow is started no more, and leaves no socket and no timer when its connection is given up', async () => {
	const before = busyWith();
	const active = await world.activate();
	pay('before');
	await next(active.endedExecutions);
	const closed = world.sandbox.next('disconnected', undefined, LINGER_AND_MORE);

	await active.deactivate();
	pay('after');
	await closed;

	expect(sharedConnections.size).toBe(0);
	expect(started(active.executions)).toEqual(['before']);
	expect(world.sandbox.connections).toEqual([]);
	// Sockets are gone a few turns after they were closed.
	for (let look = 0; look < 100 && added(before).length > 0; look += 1) await sleep(20);
	expect(added(before)).toEqual([]);
});

it('an execution that runs goes on, and deactivating does not wait for it', async () => {
	const active = await world.activate({}, { workflow: triggerWorkflow({}, 'test.hanging') });
	pay('runs');
	await next(world.hanging.entered);

	await active.deactivate();
	expect(active.endedExecutions.all).toEqual([]);
	world.hanging.release();

	expect((await next(active.endedExecutions)).run?.status).toBe('success');
});

it('deactivating twice, and without a server, does no harm', async () => {
	await world.sandbox.stop();
	const active = await world.begin();

	await active.deactivate();
	await active.deactivate();

	expect(active.savedErrors.all).toEqual([]);
});
