import { readPublicKey, verifyServerMessage } from '../../client';
import { customerEur, customerUsd, merchantEur, merchantReserveUsd, merchantUsd, next, nextItem, send, started, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

const pay = (narrative: string, order: Partial<Parameters<World['sandbox']['sendMoney']>[0]> = {}) =>
	world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative, ...order });

describe('incomingTransfer', () => {
	it('starts the workflow with the transfer, and is what the trigger does where nothing is said', async () => {
		const active = await world.activate();

		const { id, date } = pay('Invoice 7', { amount: '150.10' });

		expect(await nextItem(active)).toEqual({
			event: 'incomingTransfer',
			accountNumber: merchantUsd,
			counterparty: customerUsd,
			amount: '150.10',
			currency: 'USD',
			id,
			date,
			narrative: 'Invoice 7',
			direction: 'incoming',
			sendAccount: customerUsd,
			receiveAccount: merchantUsd,
			sendCurrency: 'USD',
			receiveCurrency: 'USD',
			sendAmount: '150.10',
			receiveAmount: '150.10',
		});
	});

	it('is seen in the currency of our account', async () => {
		const active = await world.activate();

		pay('from euros', { from: customerEur });

		expect(await nextItem(active)).toMatchObject({ currency: 'USD', sendCurrency: 'EUR', sendAmount: '10.00' });
	});

	it('leaves outgoing and failed transfers aside', async () => {
		const active = await world.activate();

		await world.run(send({ narrative: 'going out' }));
		await world.run(send({ narrative: 'failing', amount: 99_999, waitForConfirmation: true }));
		pay('coming in');

		expect(await nextItem(active)).toMatchObject({ narrative: 'coming in' });
		expect(active.executions).toHaveLength(1);
	});

	it('leaves aside what concerns accounts of the key that were not named', async () => {
		const active = await world.activate({ accountNumbers: [merchantEur] });

		pay('to dollars');
		pay('to euros', { from: customerEur, to: merchantEur });

		expect(await nextItem(active)).toMatchObject({ narrative: 'to euros', accountNumber: merchantEur });
		expect(active.executions).toHaveLength(1);
	});
});

describe('outgoingTransfer', () => {
	it('starts the workflow for what leaves, and for nothing else', async () => {
		const active = await world.activate({ events: ['outgoingTransfer'] });

		pay('coming in');
		await world.run(send({ narrative: 'going out' }));

		expect(await nextItem(active)).toMatchObject({
			event: 'outgoingTransfer',
			accountNumber: merchantUsd,
			counterparty: customerUsd,
			amount: '150.10',
			currency: 'USD',
			direction: 'outgoing',
			narrative: 'going out',
		});
		expect(active.executions).toHaveLength(1);
	});
});

describe('failedTransfer', () => {
	it('starts the workflow with the nonce and the server’s words', async () => {
		const active = await world.activate({ events: ['failedTransfer'] });

		const { items } = await world.run(send({ amount: 99_999 }));

		expect(await nextItem(active)).toEqual({
			event: 'failedTransfer',
			nonce: `${items[0]?.nonce as number}`,
			message: expect.stringMatching(/Insufficient funds/),
		});
	});

	it('starts it once, however often the server says so', async () => {
		const active = await world.activate({ events: ['failedTransfer', 'incomingTransfer'] });
		world.sandbox.faults.enable('duplicate', { message: 'error', copies: 3 });

		await world.run(send({ amount: 99_999 }));
		await next(active.endedExecutions);
		pay('marker');
		await next(active.endedExecutions);

		expect(started(active.executions, 'event')).toEqual(['failedTransfer', 'incomingTransfer']);
	});
});

describe('all three', () => {
	const all = { events: ['incomingTransfer', 'outgoingTransfer', 'failedTransfer'] };

	it('take a transfer between own accounts for one event', async () => {
		world.sandbox.registerKey({ accountNumber: merchantReserveUsd, publicKey: world.keys.publicKey });
		const active = await world.activate({ ...all, accountNumbers: [merchantUsd, merchantReserveUsd] });

		pay('between', { from: merchantUsd, to: merchantReserveUsd });
		await next(active.endedExecutions);
		pay('marker');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['between', 'marker']);
		expect(active.executions[0]?.items[0]?.json).toMatchObject({
			event: 'incomingTransfer',
			direction: 'internal',
			accountNumber: merchantReserveUsd,
			counterparty: merchantUsd,
		});
	});

	it('start once for each message, however often it comes', async () => {
		const active = await world.activate(all);
		world.sandbox.faults.enable('duplicate', { message: 'transfer', copies: 5 });

		pay('one');
		pay('two');
		await next(active.endedExecutions);
		await next(active.endedExecutions);
		pay('three');
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['one', 'two', 'three']);
	});
});

describe('filters', () => {
	it('currencies: only these', async () => {
		const active = await world.activate({ accountNumbers: [merchantUsd, merchantEur], options: { currencies: 'EUR, GBP' } });

		pay('dollars');
		pay('euros', { from: customerEur, to: merchantEur });

		expect(await nextItem(active)).toMatchObject({ narrative: 'euros' });
		expect(active.executions).toHaveLength(1);
	});

	it('minimumAmount: from exactly this amount on', async () => {
		const active = await world.activate({ options: { minimumAmount: 10.5 } });

		pay('too little', { amount: '10.49' });
		pay('exactly', { amount: '10.50' });
		pay('more', { amount: '100.00' });
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['exactly', 'more']);
	});
});

describe('includeProof', () => {
	it('adds the signed message as it was received', async () => {
		const active = await world.activate({ events: ['incomingTransfer', 'failedTransfer'], options: { includeProof: true } });
		const serverKey = readPublicKey(world.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no key');
		const trust = { serverKey: serverKey.value, recipient: world.keys.publicKey };

		pay('proven');
		const transfer = await nextItem(active);
		await world.run(send({ amount: 99_999 }));
		const failure = await nextItem(active);

		expect(await verifyServerMessage('transfer', JSON.stringify(transfer?.proof), trust)).toMatchObject({ ok: true });
		expect(await verifyServerMessage('error', JSON.stringify(failure?.proof), trust)).toMatchObject({ ok: true });
	});
});

describe('what does not verify starts nothing', () => {
	it.each(['forgeSignature', 'signWithAnotherKey', 'addressAnotherKey', 'corruptAmount', 'nonCanonical', 'resplit'] as const)(
		'%s',
		async (fault) => {
			const active = await world.activate({ events: ['incomingTransfer', 'outgoingTransfer'] });
			// Sent beside the genuine message, which is what must be started for once.
			world.sandbox.faults.enable(fault, { message: 'transfer', genuine: true });

			pay('one');
			pay('two');
			await next(active.endedExecutions);
			await next(active.endedExecutions);
			pay('three');
			await next(active.endedExecutions);

			expect(started(active.executions)).toEqual(['one', 'two', 'three']);
		},
	);
});

it('works over WebSocket too', async () => {
	const credential = world.credential({ transport: 'webSocket' });
	const active = await world.activate({}, { credential });

	pay('over WebSocket');

	expect(await nextItem(active)).toMatchObject({ narrative: 'over WebSocket' });
	expect(world.sandbox.connections).toMatchObject([{ protocol: 'webSocket' }]);
});
