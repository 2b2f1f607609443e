import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import { sharedConnections } from '../../client';
import { outputItems } from '../engine';
import { customerUsd, merchantUsd, next, PATIENCE, triggerWorkflow, World } from './world';

/** Milliseconds; several times the quiet period that ends a statement here. */
const LONGER_THAN_A_STATEMENT = 1_000;

const worlds: World[] = [];
afterEach(async () => await Promise.all(worlds.splice(0).map(async (world) => await world.close())));

async function open(): Promise<World> {
	const world = await World.open();
	worlds.push(world);
	return world;
}

const pay = (world: World, narrative: string, to: string = merchantUsd) =>
	world.sandbox.sendMoney({ from: to === merchantUsd ? customerUsd : merchantUsd, to, amount: '10.00', narrative });

/** What the editor shows of a test of the trigger. */
async function shown(world: World, parameters: INodeParameters = {}, signal?: AbortSignal) {
	const run = await world.engine.testTrigger(triggerWorkflow(parameters), {
		credentials: { cryptoCapitalApi: world.credential() },
		...(signal && { signal }),
	});
	return outputItems(run, 'Trigger').map(({ json }) => json);
}

it('a test shows the next event', async () => {
	const world = await open();
	pay(world, 'history');
	void world.sandbox.next('authenticated').then(() => pay(world, 'next'));

	expect(await shown(world)).toMatchObject([{ event: 'incomingTransfer', narrative: 'next', accountNumber: merchantUsd }]);
});

it('a test after a while shows the latest transfer that fits, and where there is none it waits and invents nothing', async () => {
	const [withHistory, without] = [await open(), await open()];
	pay(withHistory, 'older');
	const latest = pay(withHistory, 'latest');
	pay(withHistory, 'going out', customerUsd);
	const { accountNumber } = without.sandbox.openAccount({ currency: 'USD', publicKeys: [without.keys.publicKey] });
	// Its statement is empty, so the test goes on waiting: only a transfer that really happens ends it.
	const asked = without.sandbox.next('ack', ({ operation }) => operation === 'statement', PATIENCE);
	void asked.then(async () => await sleep(LONGER_THAN_A_STATEMENT)).then(() => pay(without, 'at last', accountNumber));

	const [items, awaited] = await Promise.all([shown(withHistory), shown(without, { accountNumbers: [accountNumber] })]);

	expect(items).toMatchObject([{ id: latest.id, narrative: 'latest' }]);
	expect(awaited).toMatchObject([{ narrative: 'at last' }]);
});

it('a test runs beside the active workflow, over the same connection, and takes nothing from it', async () => {
	const world = await open();
	const active = await world.activate();

	const showing = shown(world);
	const sent = setInterval(() => pay(world, 'for both'), 200);
	const items = await showing;
	clearInterval(sent);
	await next(active.endedExecutions);

	expect(items).toMatchObject([{ narrative: 'for both' }]);
	expect(active.executions[0]?.items[0]?.json).toMatchObject({ narrative: 'for both' });
	expect(world.sandbox.counters.connections).toBe(1);
});

it('a test that is cancelled ends, and keeps nothing open', async () => {
	const world = await open();
	const stop = new AbortController();
	void world.sandbox.next('authenticated').then(() => stop.abort());

	await expect(shown(world, {}, stop.signal)).rejects.toThrow(/cancel/);
	const closed = world.sandbox.next('disconnected');
	sharedConnections.closeAll();
	await closed;

	expect(world.sandbox.connections).toEqual([]);
});

it('a test says what is wrong with the credential or the server', async () => {
	const world = await open();
	const { sandbox } = world;
	await sandbox.stop();

	const run = await world.engine.testTrigger(triggerWorkflow(), { credentials: { cryptoCapitalApi: world.credential() } });

	expect(run.data.resultData.error?.message).toBe(`No Crypto Capital server answers at ${sandbox.url}`);
	expect(outputItems(run, 'Trigger')).toEqual([]);
});
