import { generateKeyPair, readPublicKey, verifyServerMessage } from '../../client';
import { outputItems } from '../engine';
import { customerUsd, merchantUsd, send, supplierUsd, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

describe('an accepted transfer', () => {
	it('is one item that says so, and was made once', async () => {
		const { items } = await world.run(send());

		expect(items).toEqual([
			{
				status: 'accepted',
				nonce: expect.any(Number),
				accountNumber: merchantUsd,
				beneficiary: customerUsd,
				currency: 'USD',
				amount: '150.10',
				narrative: 'Invoice 1',
			},
		]);
		expect(world.transfersReceived).toEqual([
			{ accountNumber: merchantUsd, beneficiary: customerUsd, currency: 'USD', amount: 150.1, narrative: 'Invoice 1' },
		]);
		expect(world.sandbox.balance(merchantUsd)).toBe('24849.90');
	});

	it('has the nonce of the operation', async () => {
		const received = world.sandbox.next('operation', ({ operation }) => operation === 'transfer');
		const { items } = await world.run(send());

		expect(items[0]?.nonce).toBe((await received).nonce);
	});

	it('does not wait for the booking', async () => {
		world.sandbox.settlementDelay = 60_000;

		expect((await world.run(send())).items).toMatchObject([{ status: 'accepted' }]);
	});
});

describe('a confirmed transfer', () => {
	it('comes with the signed record', async () => {
		world.sandbox.settlementDelay = 50;

		const { items } = await world.run(send({ waitForConfirmation: true }));

		const booked = world.sandbox.ledger.at(-1);
		expect(items).toEqual([
			{
				status: 'confirmed',
				nonce: expect.any(Number),
				accountNumber: merchantUsd,
				beneficiary: customerUsd,
				currency: 'USD',
				amount: '150.10',
				narrative: 'Invoice 1',
				transfer: {
					id: booked?.id,
					date: booked?.date,
					direction: 'outgoing',
					counterparty: customerUsd,
					sendAccount: merchantUsd,
					receiveAccount: customerUsd,
					sendCurrency: 'USD',
					receiveCurrency: 'USD',
					sendAmount: '150.10',
					receiveAmount: '150.10',
					narrative: 'Invoice 1',
				},
			},
		]);
	});

	it('is confirmed by a record of its own, where the same was paid before', async () => {
		const input = [{}, {}, {}];
		const { items } = await world.run(send({ waitForConfirmation: true }), { input });

		const ids = items.map(({ transfer }) => (transfer as { id: string }).id);
		expect(new Set(ids).size).toBe(3);
		expect(ids).toEqual(world.sandbox.ledger.slice(-3).map(({ id }) => id));
	});

	it('carries a proof where that is wanted', async () => {
		const { items } = await world.run(send({ waitForConfirmation: true, options: { includeProof: true } }));

		const serverKey = readPublicKey(world.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no key');
		const trust = { serverKey: serverKey.value, recipient: world.keys.publicKey };
		expect(await verifyServerMessage('transfer', JSON.stringify(items[0]?.proof), trust)).toMatchObject({ ok: true });
	});

	it('is only accepted where no record came within the confirmation timeout, given in seconds', async () => {
		world.sandbox.settlementDelay = 60_000;

		const { items } = await world.run(send({ waitForConfirmation: true, options: { confirmationTimeout: 0.3 } }));

		expect(items).toMatchObject([{ status: 'accepted' }]);
		expect(items[0]).not.toHaveProperty('transfer');
	});

	it('is confirmed by the record alone, where the acknowledgement is lost', async () => {
		world.sandbox.faults.enable('loseAck', { operation: 'transfer' });

		const { items } = await world.run(send({ waitForConfirmation: true, options: { ackTimeout: 0.5 } }));

		expect(items).toMatchObject([{ status: 'confirmed' }]);
		expect(world.transfersReceived).toHaveLength(1);
	});
});

describe('a transfer with a reference', () => {
	const invoice = send({ narrative: 'Rent', reference: 'INV-1', waitForConfirmation: true });

	it('carries it at the end of its narrative', async () => {
		const { items } = await world.run(invoice);

		expect(items).toMatchObject([{ status: 'confirmed', narrative: 'Rent', reference: 'INV-1' }]);
		expect(items[0]).not.toHaveProperty('alreadySent');
		expect(world.sandbox.ledger.at(-1)?.narrative).toBe('Rent [INV-1]');
	});

	it('may do without a narrative', async () => {
		await world.run(send({ narrative: '', reference: 'INV-1' }));

		expect(world.sandbox.ledger.at(-1)?.narrative).toBe('[INV-1]');
	});

	it('is made once, and then reported as sent already', async () => {
		await world.run(invoice);
		const { items } = await world.run(invoice);

		const { id } = world.sandbox.ledger.at(-1) ?? {};
		expect(items).toMatchObject([{ status: 'confirmed', alreadySent: true, reference: 'INV-1', transfer: { id } }]);
		expect(items[0]).not.toHaveProperty('nonce');
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is made once, where several items have the same', async () => {
		const { items } = await world.run(invoice, { input: [{}, {}, {}] });

		expect(items.map(({ alreadySent }) => alreadySent)).toEqual([undefined, true, true]);
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is made once, where several executions begin at the same moment', async () => {
		const outcomes = await Promise.all([1, 2, 3].map(async () => await world.run(invoice)));

		expect(outcomes.filter(({ items }) => items[0]?.alreadySent === true)).toHaveLength(2);
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is pending while it is sent and not booked', async () => {
		world.sandbox.settlementDelay = 60_000;
		const once = send({ reference: 'INV-1' });

		const first = await world.run(once);
		const second = await world.run(once);

		expect(first.items).toMatchObject([{ status: 'accepted' }]);
		expect(second.items).toEqual([
			{
				status: 'pending',
				alreadySent: true,
				accountNumber: merchantUsd,
				beneficiary: customerUsd,
				currency: 'USD',
				amount: '150.10',
				narrative: 'Invoice 1',
				reference: 'INV-1',
			},
		]);
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is refused where the reference was used for something else', async () => {
		await world.run(invoice);
		const { id } = world.sandbox.ledger.at(-1) ?? {};

		const { error } = await world.run(send({ reference: 'INV-1', amount: 7 }));

		expect(error.message).toMatch(/The transfer of 7\.00 USD .* was rejected: the reference INV-1 is taken/);
		expect(error.context).toMatchObject({ outcome: 'rejected', reference: 'INV-1', takenBy: id });
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is found in the statement, whoever sent it', async () => {
		world.sandbox.sendMoney({ from: merchantUsd, to: customerUsd, amount: '150.10', narrative: 'By hand [INV-1]' });

		const { items } = await world.run(invoice);

		expect(items).toMatchObject([{ status: 'confirmed', alreadySent: true }]);
		expect(world.transfersReceived).toEqual([]);
	});

	it('is not mistaken for one whose reference only begins or ends like it', async () => {
		for (const narrative of ['Rent [INV-11]', 'Rent [XINV-1]', '[INV-1] Rent', 'Rent INV-1']) {
			world.sandbox.sendMoney({ from: merchantUsd, to: customerUsd, amount: '150.10', narrative });
		}

		expect((await world.run(invoice)).items[0]).not.toHaveProperty('alreadySent');
	});

	it('is sent in a workflow that was never saved too', async () => {
		const { run } = await world.run(invoice, { workflowId: '' });

		expect(outputItems(run, 'Pay')).toMatchObject([{ json: { status: 'confirmed' } }]);
	});
});

describe('items', () => {
	it('are sent one after the other, by expressions, and paired with what asked for them', async () => {
		const parameters = send({
			beneficiary: '={{ $json.to }}',
			amount: '={{ $json.amount }}',
			narrative: '={{ "Invoice " + $itemIndex }}',
		});

		const { run } = await world.run(parameters, {
			input: [
				{ to: customerUsd, amount: 1 },
				{ to: supplierUsd, amount: '2.50' },
				{ to: customerUsd, amount: 0.01 },
			],
		});

		const items = outputItems(run, 'Pay');
		expect(items.map(({ json, pairedItem }) => [json.amount, json.narrative, pairedItem])).toEqual([
			['1.00', 'Invoice 0', { item: 0 }],
			['2.50', 'Invoice 1', { item: 1 }],
			['0.01', 'Invoice 2', { item: 2 }],
		]);
		const nonces = items.map(({ json }) => Number(json.nonce));
		expect(nonces).toEqual([...nonces].sort((a, b) => a - b));
		expect(world.sandbox.ledger.slice(-3).map(({ receiveAccount }) => receiveAccount)).toEqual([
			customerUsd,
			supplierUsd,
			customerUsd,
		]);
	});

	it('may have a credential each, where the credential is an expression', async () => {
		const other = generateKeyPair();
		world.sandbox.registerKey({ accountNumber: supplierUsd, publicKey: other.publicKey });
		const { privateKey } = world.credential();

		const { items, error } = await world.run(send({ accountNumber: '={{ $json.from }}' }), {
			input: [
				{ from: merchantUsd, key: privateKey },
				{ from: supplierUsd, key: other.privateKey },
			],
			credential: world.credential({ privateKey: '={{ $json.key }}' }),
		});

		expect(error).toBeUndefined();
		expect(items.map(({ accountNumber }) => accountNumber)).toEqual([merchantUsd, supplierUsd]);
	});
});

it('takes account numbers that are numbers', async () => {
	const { items } = await world.run(send({ accountNumber: `={{ ${merchantUsd} }}`, beneficiary: `={{ ${customerUsd} }}` }));

	expect(items).toMatchObject([{ accountNumber: merchantUsd, beneficiary: customerUsd }]);
});

describe('amounts', () => {
	it.each([
		[1, 1, '1.00'],
		[150.1, 150.1, '150.10'],
		['150.10', 150.1, '150.10'],
		['={{ "0.07" }}', 0.07, '0.07'],
		['={{ 1234.5 }}', 1234.5, '1234.50'],
		['={{ "  2.00 " }}', 2, '2.00'],
	])('%p is sent as %p and reported as %s', async (amount, sent, text) => {
		const { items } = await world.run(send({ amount }));

		expect(items).toMatchObject([{ amount: text }]);
		expect(world.transfersReceived).toMatchObject([{ amount: sent }]);
	});
});

describe('narratives', () => {
	it.each(['Invoice 😀 für Søn', '日本語', "it's \"quoted\" & <tagged>", 'x'.repeat(1000)])('%s is sent as it is', async (narrative) => {
		const { items } = await world.run(send({ narrative, waitForConfirmation: true }));

		expect(items).toMatchObject([{ status: 'confirmed', transfer: { narrative } }]);
	});
});
