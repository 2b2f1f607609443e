import { generateKeyPair } from '../../client';
import { account, merchantUsd, next, send, started, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

describe('a connection', () => {
	it.each(['socketIo', 'webSocket'])('over %s serves every operation and the trigger', async (transport) => {
		const credential = world.credential({ transport });
		const active = await world.activate({ events: ['outgoingTransfer'] }, { credential });

		expect((await world.run(account(), { credential })).items).toHaveLength(1);
		const { items } = await world.run(send({ waitForConfirmation: true }), { credential });
		await next(active.endedExecutions);

		expect(items).toMatchObject([{ status: 'confirmed' }]);
		expect(started(active.executions)).toEqual(['Invoice 1']);
		expect(world.sandbox.counters.connections).toBe(1);
		expect(world.operations.filter(({ operation }) => operation === 'auth')).toHaveLength(1);
	});

	it('is kept for the next execution', async () => {
		await world.run(account());
		await world.run(account());

		expect(world.sandbox.counters.connections).toBe(1);
	});

	it('is one for many executions at the same moment', async () => {
		const outcomes = await Promise.all(Array.from({ length: 8 }, async (_, index) => await world.run(send({ narrative: `No. ${index}` }))));

		expect(outcomes.map(({ items }) => items[0]?.status)).toEqual(Array<string>(8).fill('accepted'));
		expect(world.sandbox.counters).toMatchObject({ connections: 1, refusedNonces: 0 });
	});

	it('is made again where it was lost between two executions', async () => {
		await world.run(account());
		const lost = world.sandbox.next('disconnected');
		world.sandbox.dropConnections();
		await lost;

		expect((await world.run(account())).items).toHaveLength(1);
	});

	it('serves what was asked again where it was lost in the middle of reading', async () => {
		world.sandbox.faults.enable('dropBeforeAck', { operation: 'account', times: 1 });

		const { items, error } = await world.run(account());

		expect(error).toBeUndefined();
		expect(items).toHaveLength(1);
	});

	it('belongs to its key: another key has its own', async () => {
		const { privateKey, publicKey } = generateKeyPair();
		world.sandbox.registerKey({ accountNumber: merchantUsd, publicKey });
		const credential = world.credential({ privateKey });

		await world.run(account());
		await world.run(account(), { credential });

		expect(world.sandbox.counters.connections).toBe(2);
	});
});
