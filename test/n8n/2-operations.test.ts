import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS, startSandbox } from '../../sandbox';
import { ActionWorkflow, NODE } from './support/action';
import { outputOf, runsOf } from './support/executions';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import { createCredential } from './support/workflows';

const { merchantUsd, merchantEur, supplierUsd, customerUsd } = DEMO_ACCOUNTS;

const SEND = {
	resource: 'transfer',
	operation: 'send',
	accountNumber: merchantUsd,
	beneficiary: '={{ $json.beneficiary }}',
	currency: 'USD',
	amount: '={{ $json.amount }}',
	narrative: '={{ $json.narrative }}',
	reference: '={{ $json.reference }}',
	waitForConfirmation: true,
	options: {},
};

const keep = keptUntilTheEnd();
let instance: Instance;
let sandbox: Sandbox;
let credential: { id: string; name: string };

beforeAll(async () => {
	sandbox = keep(await startSandbox());
	instance = keep(await Instance.start());
	credential = await createCredential(instance.api, connection());
});

afterEach(() => sandbox.faults.clear());

function connection(): Record<string, unknown> {
	return { serverUrl: sandbox.url, serverPublicKey: sandbox.serverPublicKey, privateKey: DEMO_PRIVATE_KEYS.merchant };
}

/** What the ledger holds with this narrative or reference. */
function booked(text: string) {
	return sandbox.ledger.filter(({ narrative }) => narrative.includes(text));
}

test('an account’s balance', async () => {
	const workflow = await ActionWorkflow.create(instance, credential, {
		resource: 'account',
		operation: 'get',
		accountNumber: '={{ $json.account }}',
		options: {},
	});
	const execution = await workflow.run({ account: merchantUsd }, { account: merchantEur });
	expect(execution.status).toBe('success');
	expect(outputOf(execution, NODE)).toEqual([
		{
			json: { accountNumber: merchantUsd, name: 'Merchant USD', currency: 'USD', balance: '25000.00', available: '25000.00' },
			pairedItem: { item: 0 },
		},
		{
			json: { accountNumber: merchantEur, name: 'Merchant EUR', currency: 'EUR', balance: '12500.00', available: '12500.00' },
			pairedItem: { item: 1 },
		},
	]);
});

test('how to register a key, without a connection', async () => {
	const connections = sandbox.counters.connections;
	const workflow = await ActionWorkflow.create(instance, credential, {
		resource: 'account',
		operation: 'getRegistration',
		currency: '={{ $json.currency }}',
	});
	const execution = await workflow.run({ currency: 'GBP' });
	expect(outputOf(execution, NODE)).toEqual([
		{
			json: expect.objectContaining({ currency: 'GBP', accountNumber: '9120231677', accountName: 'CCAPI', narrative: DEMO_PUBLIC_KEYS.merchant }),
			pairedItem: { item: 0 },
		},
	]);
	expect(sandbox.counters.connections).toBe(connections);
});

test('a transfer, its confirmation, and the statement by each filter', async () => {
	const send = await ActionWorkflow.create(instance, credential, SEND);
	const sent = await send.run(
		{ beneficiary: supplierUsd, amount: 12.34, narrative: 'First', reference: 'OP-1' },
		{ beneficiary: customerUsd, amount: 1, narrative: 'Second', reference: '' },
	);
	expect(sent.status).toBe('success');
	const items = outputOf(sent, NODE);
	expect(items).toEqual([
		{
			json: {
				status: 'confirmed',
				nonce: expect.any(Number),
				accountNumber: merchantUsd,
				beneficiary: supplierUsd,
				currency: 'USD',
				amount: '12.34',
				narrative: 'First',
				reference: 'OP-1',
				transfer: expect.objectContaining({ direction: 'outgoing', counterparty: supplierUsd, sendAmount: '12.34' }),
			},
			pairedItem: { item: 0 },
		},
		{ json: expect.objectContaining({ status: 'confirmed', amount: '1.00' }), pairedItem: { item: 1 } },
	]);
	const ids = items.map(({ json }) => (json.transfer as { id: string }).id);

	const statement = await ActionWorkflow.create(instance, credential, {
		resource: 'statement',
		operation: 'get',
		accountNumber: merchantUsd,
		filterBy: '={{ $json.filterBy }}',
		limit: 1,
		transactionId: '={{ $json.id }}',
		fromTime: '={{ $json.from }}',
		options: {},
	});
	const from = new Date(Date.now() - 3_600_000).toISOString();
	const idsOf = async (item: object) => outputOf(await statement.run(item), NODE).map(({ json }) => json.id);
	await expect(idsOf({ filterBy: 'limit' })).resolves.toEqual(ids.slice(-1));
	await expect(idsOf({ filterBy: 'transactionId', id: ids[0] })).resolves.toEqual(ids.slice(0, 1));
	await expect(idsOf({ filterBy: 'fromTime', from })).resolves.toEqual(sandbox.ledger.filter(({ sendAccount, receiveAccount }) => [sendAccount, receiveAccount].includes(merchantUsd)).map(({ id }) => id));
});

describe('a transfer that does not happen', () => {
	test('is refused by the bank: rejected', async () => {
		const send = await ActionWorkflow.create(instance, credential, SEND);
		const execution = await send.run({ beneficiary: supplierUsd, amount: 9_999_999, narrative: 'Too much', reference: '' });
		expect(execution.status).toBe('error');
		const [run] = runsOf(execution, NODE);
		expect(run?.error).toMatchObject({ description: expect.stringMatching(/^Outcome: rejected\./u), context: { outcome: 'rejected', itemIndex: 0 } });
		expect(booked('Too much')).toEqual([]);
	});

	test('is not sent, with the other items going on and the error in its item', async () => {
		const send = await ActionWorkflow.create(instance, credential, SEND, { onError: 'continueRegularOutput' });
		const execution = await send.run(
			{ beneficiary: 'nobody', amount: 1, narrative: 'Bad', reference: '' },
			{ beneficiary: supplierUsd, amount: 2, narrative: 'Good', reference: '' },
		);
		expect(execution.status).toBe('success');
		expect(outputOf(execution, NODE)).toEqual([
			{ json: { error: expect.any(String), details: expect.objectContaining({ outcome: 'notSent' }) }, pairedItem: { item: 0 } },
			{ json: expect.objectContaining({ status: 'confirmed' }), pairedItem: { item: 1 } },
		]);
	});

	test('goes to the error output with the input’s fields', async () => {
		const send = await ActionWorkflow.create(instance, credential, SEND, { onError: 'continueErrorOutput' });
		const execution = await send.run({ beneficiary: 'nobody', amount: 1, narrative: 'Bad', reference: 'REF-E' });
		expect(outputOf(execution, NODE, 0)).toEqual([]);
		expect(outputOf(execution, NODE, 1)).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({ beneficiary: 'nobody', error: expect.any(String), details: expect.objectContaining({ outcome: 'notSent' }) }),
			}),
		]);
	});

	test('may have happened: unknown, with the nonce', async () => {
		const send = await ActionWorkflow.create(instance, credential, { ...SEND, waitForConfirmation: false });
		sandbox.faults.enable('dropBeforeAckAfterEffect', { operation: 'transfer', times: 1 });
		const execution = await send.run({ beneficiary: supplierUsd, amount: 3, narrative: 'Lost sight of', reference: '' });
		const [run] = runsOf(execution, NODE);
		expect(run?.error).toMatchObject({ description: expect.stringMatching(/^Outcome: unknown\./u), context: { outcome: 'unknown', nonce: expect.anything() } });
		expect(booked('Lost sight of')).toHaveLength(1);
	});

	test('passes no guard rail of the credential', async () => {
		const rails = { maximumAmount: 10, allowedBeneficiaries: supplierUsd };
		const guarded = await createCredential(instance.api, { ...connection(), ...rails }, 'Guarded');
		const send = await ActionWorkflow.create(instance, guarded, SEND, { onError: 'continueRegularOutput' });
		const execution = await send.run(
			{ beneficiary: supplierUsd, amount: 10.01, narrative: 'Rail', reference: '' },
			{ beneficiary: customerUsd, amount: 1, narrative: 'Rail', reference: '' },
			{ beneficiary: supplierUsd, amount: 10, narrative: 'Rail', reference: '' },
		);
		expect(outputOf(execution, NODE).map(({ json }) => json.status ?? (json.details as { outcome: string }).outcome)).toEqual(['rejected', 'rejected', 'confirmed']);
		expect(booked('Rail')).toHaveLength(1);
	});
});

describe('Retry On Fail', () => {
	const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };

	test('pays once with a reference, where the first answer was lost', async () => {
		const send = await ActionWorkflow.create(instance, credential, { ...SEND, waitForConfirmation: false, options: { confirmationTimeout: 1 } }, retry);
		sandbox.faults.enable('dropBeforeAckAfterEffect', { operation: 'transfer', times: 1 });
		const execution = await send.run({ beneficiary: supplierUsd, amount: 4, narrative: 'Retried', reference: 'RETRY-1' });
		expect(execution.status).toBe('success');
		expect(booked('RETRY-1')).toHaveLength(1);
		const again = await send.run({ beneficiary: supplierUsd, amount: 4, narrative: 'Retried', reference: 'RETRY-1' });
		expect(outputOf(again, NODE)[0]?.json).toMatchObject({ alreadySent: true, status: 'confirmed' });
		expect(booked('RETRY-1')).toHaveLength(1);
	});

	test('never sends the other items again, with or without a reference', async () => {
		const send = await ActionWorkflow.create(instance, credential, SEND, retry);
		const execution = await send.run(
			{ beneficiary: supplierUsd, amount: 5, narrative: 'Neighbour', reference: '' },
			{ beneficiary: supplierUsd, amount: 5, narrative: 'Neighbour', reference: 'RETRY-2' },
			{ beneficiary: 'nobody', amount: 5, narrative: 'Neighbour', reference: '' },
		);
		expect(execution.status).toBe('error');
		expect(booked('Neighbour')).toHaveLength(2);
	});
});

test('no private key is in anything that n8n wrote', () => {
	expect(instance.log).not.toContain(DEMO_PRIVATE_KEYS.merchant);
});
