import { readPublicKey, sharedConnections, verifyServerMessage } from '../../client';
import { outputItems } from '../engine';
import { account, customerUsd, merchantEur, merchantUsd, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open();
});
afterEach(async () => await world.close());

describe('account: get', () => {
	it('puts out the signed record, with balance and available as texts of two decimals', async () => {
		const { items } = await world.run(account());

		expect(items).toEqual([
			{ accountNumber: merchantUsd, name: 'Merchant', currency: 'USD', balance: '25000.00', available: '25000.00' },
		]);
	});

	it('tells what accepted transfers are about to take', async () => {
		world.sandbox.settlementDelay = 60_000;
		world.sandbox.bank.apiTransfer(
			{ from: merchantUsd, to: customerUsd, currency: 'USD', amount: 100, narrative: 'Held' },
			{ key: world.keys.publicKey, nonce: 1, announced: true },
		);

		const { items } = await world.run(account());

		expect(items).toMatchObject([{ balance: '25000.00', available: '24900.00' }]);
	});

	it('makes one item of each input item, paired with it', async () => {
		const { run, items } = await world.run(account({ accountNumber: '={{ $json.number }}' }), {
			input: [{ number: merchantUsd }, { number: merchantEur }],
		});

		expect(items.map(({ currency }) => currency)).toEqual(['USD', 'EUR']);
		expect(outputItems(run, 'Pay').map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 1 },
		]);
	});

	it('adds a proof that anybody can verify again', async () => {
		const { items } = await world.run(account({ options: { includeProof: true } }));

		const serverKey = readPublicKey(world.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no key');
		const trust = { serverKey: serverKey.value, recipient: world.keys.publicKey };
		const proof = items[0]?.proof;
		expect(await verifyServerMessage('account', JSON.stringify(proof), trust)).toMatchObject({ ok: true });
		const changed = { ...(proof as object), params: { ...(proof as { params: object }).params, balance: '99.00' } };
		expect(await verifyServerMessage('account', JSON.stringify(changed), trust)).toMatchObject({ ok: false });
	});

	it('says of an account that is not ours what the server says', async () => {
		const { error } = await world.run(account({ accountNumber: customerUsd }));

		expect(error.message).toMatch(`account ${customerUsd} was rejected: Account ${customerUsd} is not registered to this key`);
		expect(error.context).toMatchObject({ outcome: 'rejected', accountNumber: customerUsd });
	});

	it('ends after the response timeout of the options, given in seconds', async () => {
		world.sandbox.faults.enable('neverAnswer', { operation: 'account' });

		const { error } = await world.run(account({ options: { responseTimeout: 0.2 } }));

		expect(error.message).toMatch(/was not answered/);
		expect(error.description).toMatch(/^Outcome: unknown\. Reading moves no money, so it is safe to try again/);
	});

	it('ends after the acknowledgement timeout of the options, given in seconds', async () => {
		world.sandbox.faults.enable('performLate', { operation: 'account', milliseconds: 60_000 });

		const { error } = await world.run(account({ options: { ackTimeout: 0.2 } }));

		expect(error.message).toMatch(/was not answered/);
	});

	it('refuses an answer that does not verify', async () => {
		world.sandbox.faults.enable('forgeSignature', { message: 'account' });

		const { error } = await world.run(account({ options: { responseTimeout: 0.3 } }));

		expect(error.message).toMatch(/the answer did not pass verification/);
	});
});

describe('account: getRegistration', () => {
	const registration = (currency: string) => ({ resource: 'account', operation: 'getRegistration', currency });

	it.each([
		['USD', '9120231592'],
		['EUR', '9120231638'],
		['GBP', '9120231677'],
		['CAD', '9120231625'],
		['JPY', '9120231773'],
		['CNY', '9120231746'],
		['AUD', '9120231731'],
		['PLN', '9120231707'],
	])('tells where to send 1.00 %s, without a server', async (currency, accountNumber) => {
		await world.sandbox.stop();

		const { items } = await world.run(registration(currency));

		expect(items).toEqual([
			{
				currency,
				accountNumber,
				accountName: 'CCAPI',
				address: 'Panama City',
				country: 'Panama',
				amount: '1.00',
				narrative: world.keys.publicKey,
			},
		]);
	});

	it('opens no connection', async () => {
		await world.run(registration('USD'));
		expect(sharedConnections.size).toBe(0);

		await world.run(account());
		expect(sharedConnections.size).toBe(1);
	});

	it('says which currencies there are instead of another', async () => {
		const { error } = await world.run(registration('={{ "CHF" }}'));

		expect(error.message).toBe('There is no registration account in this currency');
		expect(error.description).toMatch(/USD, EUR, GBP, CAD, JPY, CNY, AUD, PLN.*customer support/);
	});
});
