import { generateKeyPair } from '../../client';
import { nodeError, outputItems } from '../engine';
import { customerUsd, merchantUsd, send, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

describe('rejected: the server said no', () => {
	it('before it accepted the operation', async () => {
		world.sandbox.faults.enable('refuse', { operation: 'transfer', reason: 'Beneficiary closed' });

		const { run, error } = await world.run(send());

		expect(run.status).toBe('error');
		expect(error.message).toBe(
			`The transfer of 150.10 USD from account ${merchantUsd} to ${customerUsd} was rejected: Beneficiary closed`,
		);
		expect(error.description).toMatch(/^Outcome: rejected\. No money moved\./);
		expect(error.context).toMatchObject({
			outcome: 'rejected',
			accountNumber: merchantUsd,
			beneficiary: customerUsd,
			currency: 'USD',
			amount: '150.10',
			nonce: expect.stringMatching(/^\d{13}$/),
		});
		expect(world.sandbox.balance(merchantUsd)).toBe('25000.00');
	});

	it('without a reason', async () => {
		world.sandbox.faults.enable('refuseWithoutReason', { operation: 'transfer' });

		expect((await world.run(send())).error.message).toMatch(/was rejected$/);
	});

	it('by a signed error after it had accepted, where confirmation is waited for', async () => {
		const { error } = await world.run(send({ amount: 99_999, waitForConfirmation: true }));

		expect(error.message).toMatch(/was rejected: Insufficient funds/);
		expect(error.description).toMatch(/^Outcome: rejected\. The server accepted the request and then could not do it/);
	});

	it('and a signed error for another transfer fails nothing', async () => {
		world.sandbox.settlementDelay = 300;
		world.sandbox.faults.enable('answerSomethingElse', { message: 'error', genuine: false });
		const failing = world.run(send({ amount: 99_999, narrative: 'Too much' }));
		const { items } = await world.run(send({ waitForConfirmation: true }));
		await failing;

		expect(items).toMatchObject([{ status: 'confirmed' }]);
	});

	it('after which the same reference can be sent', async () => {
		world.sandbox.faults.enable('refuse', { operation: 'transfer', times: 1 });
		await world.run(send({ reference: 'INV-1' }));

		const { items } = await world.run(send({ reference: 'INV-1', waitForConfirmation: true }));

		expect(items).toMatchObject([{ status: 'confirmed' }]);
		expect(items[0]).not.toHaveProperty('alreadySent');
	});
});

describe('notSent: nothing left this machine', () => {
	it('because no server is there', async () => {
		await world.sandbox.stop();

		const { error } = await world.run(send());

		expect(error.message).toBe(`No Crypto Capital server answers at ${world.sandbox.url}`);
		expect(error.description).toMatch(/^Outcome: notSent\. Nothing was sent\. Check the server URL/);
		expect(error.context).toMatchObject({ outcome: 'notSent', server: world.sandbox.url, reason: 'unreachable' });
	});

	it('because the server refuses the key', async () => {
		const { privateKey, publicKey } = generateKeyPair();

		const { error } = await world.run(send(), { credential: world.credential({ privateKey }) });

		expect(error.message).toBe(`The server refuses the key ${publicKey}: Unknown key`);
		expect(error.context).toMatchObject({ outcome: 'notSent', publicKey });
		expect(world.transfersReceived).toEqual([]);
	});

	it('because the credential cannot be right', async () => {
		const { error } = await world.run(send(), { credential: world.credential({ privateKey: 'AAAA' }) });

		expect(error.message).toBe('The private key does not have 32 bytes');
		expect(error.context).toMatchObject({ outcome: 'notSent', field: 'privateKey' });
	});

	it('because the statement could not be searched for the reference', async () => {
		world.sandbox.faults.enable('neverAnswer', { operation: 'account' });

		const { error } = await world.run(send({ reference: 'INV-1', options: { responseTimeout: 0.3 } }));

		expect(error.message).toMatch(/was not sent, because the account’s statement could not be searched for the reference INV-1/);
		expect(error.context).toMatchObject({ outcome: 'notSent', reference: 'INV-1' });
		expect(world.transfersReceived).toEqual([]);
	});

	it('after which the same reference can be sent', async () => {
		world.sandbox.faults.enable('refuse', { operation: 'statement', times: 1 });
		await world.run(send({ reference: 'INV-1' }));
		expect(world.transfersReceived).toEqual([]);

		expect((await world.run(send({ reference: 'INV-1' }))).items).toMatchObject([{ status: 'accepted' }]);
	});
});

describe('unknown: it left, and no answer came', () => {
	it('in time', async () => {
		world.sandbox.settlementDelay = 60_000;
		world.sandbox.faults.enable('loseAck', { operation: 'transfer' });
		const received = world.sandbox.next('operation', ({ operation }) => operation === 'transfer');

		const { error } = await world.run(send({ options: { ackTimeout: 0.5 } }));

		const nonce = String((await received).nonce);
		expect(error.message).toMatch(`was sent (nonce ${nonce}) and not answered`);
		expect(error.description).toMatch(/^Outcome: unknown\. It may have been paid or not\..*without a reference, repeating may pay twice/);
		expect(error.context).toMatchObject({ outcome: 'unknown', nonce, amount: '150.10', accountNumber: merchantUsd });
	});

	it.each(['dropBeforeAck', 'dropBeforeAckAfterEffect'] as const)('because the connection was lost (%s)', async (fault) => {
		world.sandbox.faults.enable(fault, { operation: 'transfer' });

		const { error } = await world.run(send());

		expect(error.context).toMatchObject({ outcome: 'unknown', nonce: expect.stringMatching(/^\d{13}$/) });
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('and could not be found out by its reference, which the error names', async () => {
		world.sandbox.faults.enable('dropBeforeAck', { operation: 'transfer' });

		const { error } = await world.run(send({ reference: 'INV-1', options: { confirmationTimeout: 0.5 } }));

		expect(error.message).toMatch(/\(nonce \d{13}\) and not answered$/);
		expect(error.description).toMatch(/Repeat it with the same reference INV-1: it is then looked up first, and never paid twice/);
		expect(error.context).toMatchObject({ outcome: 'unknown', reference: 'INV-1', nonce: expect.stringMatching(/^\d{13}$/) });
	});

	it('but with a reference it is found out from the statement where it was made', async () => {
		world.sandbox.faults.enable('dropBeforeAckAfterEffect', { operation: 'transfer' });

		const { items } = await world.run(send({ reference: 'INV-1' }));

		expect(items).toMatchObject([{ status: 'confirmed', transfer: { id: world.sandbox.ledger.at(-1)?.id } }]);
	});
});

describe('an item that failed', () => {
	const input = [{ amount: 1 }, { amount: -1 }, { amount: 3 }];
	const each = send({ amount: '={{ $json.amount }}', narrative: '={{ "Invoice " + $itemIndex }}' });

	it('ends the run, and names the item', async () => {
		const { run, error } = await world.run(each, { input });

		expect(run.status).toBe('error');
		expect(error.context).toMatchObject({ itemIndex: 1, outcome: 'notSent', field: 'amount' });
		expect(world.transfersReceived).toHaveLength(1);
	});

	it('is an item with the error where the node continues, and the others are sent', async () => {
		const { run } = await world.run(each, { input, settings: { onError: 'continueRegularOutput' } });

		expect(run.status).toBe('success');
		const items = outputItems(run, 'Pay');
		expect(items.map(({ json }) => json.status ?? json.error)).toEqual([
			'accepted',
			'The amount is not greater than zero',
			'accepted',
		]);
		expect(items[1]).toMatchObject({
			json: { details: { outcome: 'notSent', field: 'amount', description: expect.stringMatching(/^Outcome: notSent\./) } },
			pairedItem: { item: 1 },
		});
		expect(items[1]?.json).not.toHaveProperty('status');
		expect(world.transfersReceived).toHaveLength(2);
	});

	it('leaves by the error output where the node has one, with the fields it came with', async () => {
		const { run } = await world.run(each, { input, settings: { onError: 'continueErrorOutput' } });

		expect(outputItems(run, 'Pay', 0).map(({ json }) => json.amount)).toEqual(['1.00', '3.00']);
		expect(outputItems(run, 'Pay', 1)).toMatchObject([
			{
				json: { amount: -1, error: 'The amount is not greater than zero', details: { outcome: 'notSent' } },
				pairedItem: { item: 1 },
			},
		]);
	});

	it('tells all that a workflow needs to go on with an unknown outcome', async () => {
		world.sandbox.faults.enable('dropBeforeAck', { operation: 'transfer', times: 1 });

		const { items } = await world.run(send(), { settings: { onError: 'continueRegularOutput' } });

		expect(items).toEqual([
			{
				error: expect.stringMatching(/not answered$/),
				details: {
					outcome: 'unknown',
					description: expect.stringMatching(/^Outcome: unknown\./),
					nonce: expect.stringMatching(/^\d{13}$/),
					accountNumber: merchantUsd,
					beneficiary: customerUsd,
					currency: 'USD',
					amount: '150.10',
				},
			},
		]);
	});

	it('may fail for an expression of its own, without taking the others along', async () => {
		const parameters = send({ narrative: '={{ $json.amount === 1 ? $json.missing.field : "Fine" }}' });

		const { run } = await world.run(parameters, { input: [{ amount: 1 }, { amount: 2 }], settings: { onError: 'continueRegularOutput' } });

		expect(nodeError(run, 'Pay')).toBeUndefined();
		expect(outputItems(run, 'Pay')[1]?.json).toMatchObject({ status: 'accepted' });
		expect(world.transfersReceived).toHaveLength(1);
	});
});
