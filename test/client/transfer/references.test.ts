import { errorOf } from '../clients';
import { PATIENT, World } from '../world';

const SECONDS = 1_000;
const HOUR = 3_600 * SECONDS;
/** The searches are proven complete, so that they need not wait for long quiet. */
const OPTIONS = { ...PATIENT, quietPeriod: 30 };

describe('sending under a reference', () => {
	let world: World;
	let count = 0;

	beforeEach(async () => {
		world = await World.begin();
	});

	afterEach(async () => await world.end());

	const invoice = (reference: string, changes: object = {}) => ({
		accountNumber: world.ours,
		beneficiary: world.theirs,
		currency: 'USD',
		amount: 10,
		narrative: 'Invoice',
		reference,
		...changes,
	});
	const newReference = () => `INV-${(count += 1)}`;
	const operationsNamed = (name: string) => world.sandbox.next('operation', ({ operation }) => operation === name);

	it('puts the reference at the end of the narrative', async () => {
		const reference = newReference();
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({
			status: 'accepted',
			transfer: { narrative: 'Invoice', sentNarrative: `Invoice [${reference}]`, reference },
		});
		await world.client.sendTransfer(invoice(`${reference}-b`, { narrative: '' }), OPTIONS);
		expect(world.sent()).toEqual([`Invoice [${reference}]`, `[${reference}-b]`]);
	});

	it('is not done again: the record of the first time is reported', async () => {
		const reference = newReference();
		await world.client.sendTransfer(invoice(reference), { ...OPTIONS, waitForConfirmation: true });
		const again = await world.client.sendTransfer(invoice(reference), OPTIONS);
		expect(again).toMatchObject({ status: 'confirmed', alreadySent: true, record: { params: { narrative: `Invoice [${reference}]` } } });
		expect(again.nonce).toBeUndefined();
		expect(world.sent()).toHaveLength(1);
	});

	it('is not done again by another process either', async () => {
		const reference = newReference();
		world.sandbox.sendMoney({ from: world.ours, to: world.theirs, amount: '10.00', narrative: `Invoice [${reference}]` });
		expect(await world.client.sendTransfer(invoice(reference, { narrative: 'in other words' }), OPTIONS)).toMatchObject({ status: 'confirmed', alreadySent: true });
		expect(world.sent()).toHaveLength(1);
	});

	it.each([
		['amount', { amount: 10.01 }],
		['beneficiary', {}],
	])('is rejected where the reference is taken with another %s', async (field, changes) => {
		const reference = newReference();
		const { id } = world.sandbox.sendMoney({ from: world.ours, to: world.theirs, amount: '10.00', narrative: `[${reference}]` });
		const other = field === 'beneficiary' ? { beneficiary: world.ourOther } : changes;
		const error = await errorOf(world.client.sendTransfer(invoice(reference, other), OPTIONS));
		expect(error).toMatchObject({ name: 'RejectedError', outcome: 'rejected', details: { takenBy: id, reference } });
		expect(error.description).toContain('Nothing was sent');
		// The reference as such stays usable for what it was used for.
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ alreadySent: true });
		expect(world.sent()).toHaveLength(1);
	});

	it.each([
		['is part of a longer one', (reference: string) => `Invoice [x${reference}]`],
		['is not at the end', (reference: string) => `Invoice [${reference}] and more`],
		['is glued to a word', (reference: string) => `Invoice[${reference}]`],
	])('is done where what looks like the reference %s', async (_name, narrative) => {
		const reference = newReference();
		world.sandbox.sendMoney({ from: world.ours, to: world.theirs, amount: '10.00', narrative: narrative(reference) });
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'accepted', alreadySent: false });
		expect(world.sent()).toHaveLength(2);
	});

	it('is done where only somebody else used the reference, in a transfer to us', async () => {
		const reference = newReference();
		world.receive('10.00', `Invoice [${reference}]`);
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ alreadySent: false });
	});

	it('is pending where it was attempted and is not in the statement', async () => {
		const reference = newReference();
		let written = 0;
		world.sandbox.on('operation', ({ operation }) => {
			if (operation === 'transfer') written += 1;
		});
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer' });
		await world.client.sendTransfer(invoice(reference), OPTIONS);
		world.skip(240 * HOUR);
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toEqual({
			status: 'pending',
			alreadySent: true,
			transfer: expect.objectContaining({ reference }),
		});
		expect(written).toBe(1);
	});

	it('is done again after so long where that was asked for', async () => {
		const reference = newReference();
		world.sandbox.faults.enable('neverSettle', { operation: 'transfer', times: 1 });
		await world.client.sendTransfer(invoice(reference), OPTIONS);
		const resendAfter = HOUR;
		world.skip(resendAfter - 60 * SECONDS);
		expect(await world.client.sendTransfer(invoice(reference), { ...OPTIONS, resendAfter })).toMatchObject({ status: 'pending' });
		world.skip(60 * SECONDS);
		expect(await world.client.sendTransfer(invoice(reference), { ...OPTIONS, resendAfter })).toMatchObject({ status: 'accepted', alreadySent: false });
		expect(world.sent()).toHaveLength(1);
	});

	it('pays once where two try at the same moment', async () => {
		const reference = newReference();
		const results = await Promise.all(Array.from({ length: 5 }, async () => await world.client.sendTransfer(invoice(reference), OPTIONS)));
		expect(results.filter(({ alreadySent }) => !alreadySent)).toHaveLength(1);
		expect(world.sent()).toHaveLength(1);
	});

	it('searches once for all who wait', async () => {
		let statements = 0;
		world.sandbox.on('operation', ({ operation }) => {
			if (operation === 'statement') statements += 1;
		});
		await Promise.all(Array.from({ length: 12 }, async () => await world.client.sendTransfer(invoice(newReference(), { amount: 1 }), OPTIONS)));
		expect(world.sent()).toHaveLength(12);
		// Those who came before the search began share it; whoever came later shares the next one.
		expect(statements).toBeLessThanOrEqual(2);
	});

	it('searches as far back as was asked for', async () => {
		const days = async (referenceLookbackDays: number) => {
			const asked = operationsNamed('statement');
			await world.client.sendTransfer(invoice(newReference(), { amount: 1 }), { ...OPTIONS, referenceLookbackDays });
			const { params } = (await asked) as { params: { fromTime: string } };
			return (world.connections.clock.now() / SECONDS - Number(params.fromTime)) / 86_400;
		};
		expect(await days(7)).toBeCloseTo(7 + 1 / 24, 2);
		expect(await days(30)).toBeCloseTo(30 + 1 / 24, 2);
	});

	it('may be tried again after the server said no', async () => {
		const reference = newReference();
		world.sandbox.faults.enable('refuse', { operation: 'transfer' });
		expect(await errorOf(world.client.sendTransfer(invoice(reference), OPTIONS))).toMatchObject({ name: 'RejectedError' });
		world.sandbox.faults.clear();
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'accepted' });
		expect(world.sent()).toHaveLength(1);
	});

	it('may be tried again after a signed error', async () => {
		const reference = newReference();
		const tooMuch = invoice(reference, { amount: 5_000 });
		expect(await errorOf(world.client.sendTransfer(tooMuch, { ...OPTIONS, waitForConfirmation: true }))).toMatchObject({ name: 'RejectedError' });
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'accepted' });
	});

	it.each(['refuse', 'dropBeforeAck'] as const)('is not sent where the statement cannot be searched, and may be tried again: %s', async (fault) => {
		const reference = newReference();
		world.sandbox.faults.enable(fault, { operation: 'statement' });
		const error = await errorOf(world.client.sendTransfer(invoice(reference), OPTIONS));
		expect(error).toMatchObject({ name: 'NotSentError', outcome: 'notSent', details: { reference } });
		expect(world.sent()).toEqual([]);
		world.sandbox.faults.clear();
		await world.client.ready({ ackTimeout: HOUR });
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'accepted' });
	});

	it('is not sent where the search is not proven complete', async () => {
		world.sandbox.faults.enable('refuse', { operation: 'account' });
		expect(await errorOf(world.client.sendTransfer(invoice(newReference()), OPTIONS))).toMatchObject({ name: 'NotSentError' });
		expect(world.sent()).toEqual([]);
	});

	it('is cancelled where the caller gives up before the sending, and may be tried again', async () => {
		const reference = newReference();
		const controller = new AbortController();
		const searching = operationsNamed('statement');
		const sending = errorOf(world.client.sendTransfer(invoice(reference), { ...OPTIONS, signal: controller.signal }));
		await searching;
		controller.abort();
		expect(await sending).toMatchObject({ name: 'CancelledError', outcome: 'notSent' });
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'accepted' });
		expect(world.sent()).toHaveLength(1);
	});

	it('looks by itself where the outcome is unknown, and finds what was paid', async () => {
		world.sandbox.faults.enable('dropBeforeAckAfterEffect', { operation: 'transfer', times: 1 });
		const reference = newReference();
		const result = await world.client.sendTransfer(invoice(reference), OPTIONS);
		expect(result).toMatchObject({ status: 'confirmed', alreadySent: false, nonce: expect.any(Number), record: { params: { narrative: `Invoice [${reference}]` } } });
		expect(world.client.session.connections).toBe(2);
		expect(world.sent()).toHaveLength(1);
	});

	it('is unknown where looking finds nothing either, and pending ever after', async () => {
		world.sandbox.faults.enable('dropBeforeAck', { operation: 'transfer', times: 1 });
		const reference = newReference();
		const sending = errorOf(world.client.sendTransfer(invoice(reference), { ...OPTIONS, confirmationTimeout: 300 }));
		const error = await sending;
		expect(error).toMatchObject({ name: 'OutcomeUnknownError', outcome: 'unknown', details: { reference, nonce: expect.any(String) } });
		expect(error.description).toContain(`same reference ${reference}`);
		expect(await world.client.sendTransfer(invoice(reference), OPTIONS)).toMatchObject({ status: 'pending' });
		expect(world.sent()).toEqual([]);
	});

	it.each([' ', 'two words', 'x'.repeat(65), 'zero\u200Bwidth', 'line\nbreak', '\u0000'])('refuses the reference %j', async (reference) => {
		expect(await errorOf(world.client.sendTransfer(invoice(reference), OPTIONS))).toMatchObject({ name: 'ValidationError', field: 'reference' });
		expect(world.sandbox.counters.operations).toBe(1);
	});

	it('takes two spellings that look the same for one reference', async () => {
		const reference = newReference();
		await world.client.sendTransfer(invoice(`${reference}-\u00E9`), OPTIONS);
		const again = await world.client.sendTransfer(invoice(` ${reference}-e\u0301 `), OPTIONS);
		expect(again.alreadySent).toBe(true);
	});
});
