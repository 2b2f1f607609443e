import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';
import { sharedConnections } from '../../client';
import { chain, createToolCallingNode, node, outputItems } from '../engine';
import { account, ACTION, customerUsd, send, statement, supplierUsd, World } from './world';

let world: World;
beforeEach(async () => {
	world = await World.open({ engine: { nodes: { 'test.toolCalling': createToolCallingNode() } } });
});
afterEach(async () => await world.close());

const under = async (rails: ICredentialDataDecryptedObject, parameters: INodeParameters = {}, settings = {}) =>
	await world.run(send(parameters), { credential: world.credential(rails), settings });

/** Not even a connection was opened, so nothing was signed. */
function expectNothingLeft(): void {
	expect(sharedConnections.size).toBe(0);
	expect(world.operations).toEqual([]);
}

const OWNER = /^Outcome: rejected\. Nothing was sent\. The owner of the credential set this limit/;

describe('allowTransfers', () => {
	it('off: no transfer leaves', async () => {
		const { error } = await under({ allowTransfers: false });

		expect(error.message).toBe('The credential allows no transfers: it can only read');
		expect(error.description).toMatch(OWNER);
		expect(error.context).toMatchObject({ outcome: 'rejected', guardRail: 'allowTransfers' });
		expectNothingLeft();
	});

	it('off: balances and statements can still be read', async () => {
		const credential = world.credential({ allowTransfers: false });

		expect((await world.run(account(), { credential })).items).toHaveLength(1);
		expect((await world.run(statement({ limit: 1 }), { credential })).items).toHaveLength(1);
	});

	it.each(['false', 'true', 0, ''])('that is neither on nor off (%p) allows nothing', async (allowTransfers) => {
		const { error } = await under({ allowTransfers });

		expect(error.context).toMatchObject({ guardRail: 'allowTransfers' });
		expectNothingLeft();
	});

	it('on: a transfer leaves', async () => {
		expect((await under({ allowTransfers: true })).items).toHaveLength(1);
	});
});

describe('maximumAmount', () => {
	it.each([
		[100, 100],
		[100, 99.99],
		[100.5, '100.50'],
		[0.01, 0.01],
		['100', 100],
		[0, 20_000],
		['', 20_000],
	])('%p lets %p pass', async (maximumAmount, amount) => {
		expect((await under({ maximumAmount }, { amount })).items).toMatchObject([{ status: 'accepted' }]);
	});

	it.each([
		[100, 100.01, 'at most 100.00 USD a transfer, and this one is 100.01 USD'],
		[0.01, 0.02, 'at most 0.01 USD a transfer, and this one is 0.02 USD'],
		[100, '999999999999.99', 'and this one is 999999999999.99 USD'],
	])('%p stops %p', async (maximumAmount, amount, words) => {
		const { error } = await under({ maximumAmount }, { amount });

		expect(error.message).toContain(words);
		expect(error.description).toMatch(OWNER);
		expect(error.context).toMatchObject({ outcome: 'rejected', guardRail: 'maximumAmount' });
		expectNothingLeft();
	});

	it.each([-1, 1.005, 'a hundred', '1,000', Number.NaN, 1e21])('%p, which is no limit, lets nothing pass', async (maximumAmount) => {
		const { error } = await under({ maximumAmount }, { amount: 0.01 });

		expect(error.message).toBe('The credential’s maximum amount is no amount with at most two decimals');
		expectNothingLeft();
	});
});

describe('allowedBeneficiaries', () => {
	it.each([
		customerUsd,
		`${supplierUsd},${customerUsd}`,
		` ${supplierUsd} , ${customerUsd} `,
		`${supplierUsd}\n${customerUsd}`,
		'',
		' ',
	])('%p lets a listed account be paid', async (allowedBeneficiaries) => {
		expect((await under({ allowedBeneficiaries })).items).toHaveLength(1);
	});

	it.each([supplierUsd, `${customerUsd}0`, 'nobody'])('%p lets nobody else be paid', async (allowedBeneficiaries) => {
		const { error } = await under({ allowedBeneficiaries });

		expect(error.message).toBe(`The credential does not allow transfers to account ${customerUsd}`);
		expect(error.description).toMatch(OWNER);
		expect(error.context).toMatchObject({ outcome: 'rejected', guardRail: 'allowedBeneficiaries' });
		expectNothingLeft();
	});
});

describe('whoever edits the workflow', () => {
	it('cannot pass them item by item', async () => {
		const { run } = await world.run(send({ amount: '={{ $json.amount }}' }), {
			input: [{ amount: 5 }, { amount: 50 }, { amount: 6 }],
			credential: world.credential({ maximumAmount: 10 }),
			settings: { onError: 'continueRegularOutput' },
		});

		expect(outputItems(run, 'Pay').map(({ json }) => (json.details as IDataObject | undefined)?.outcome)).toEqual([
			undefined,
			'rejected',
			undefined,
		]);
		expect(world.transfersReceived).toMatchObject([{ amount: 5 }, { amount: 6 }]);
	});

	it('cannot pass them with "Retry On Fail"', async () => {
		await under({ allowTransfers: false }, {}, { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 });

		expectNothingLeft();
	});

	it('cannot pass them with parameters of the same name', async () => {
		await under({ maximumAmount: 10 }, { maximumAmount: 1000, allowTransfers: true, options: { maximumAmount: 1000 } });

		expectNothingLeft();
	});
});

describe('an AI agent that has the node as a tool', () => {
	async function callTool(wanted: IDataObject, rails: ICredentialDataDecryptedObject): Promise<unknown> {
		const workflow = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Agent', 'test.toolCalling'));
		const parameters = send({
			amount: "={{ $fromAI('amount', 'How much', 'number') }}",
			beneficiary: "={{ $fromAI('beneficiary', 'Whom to pay', 'string') }}",
		});
		workflow.nodes.push(node('Pay', `${ACTION}Tool`, parameters));
		workflow.connections.Pay = { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] };
		const run = await world.engine.run(workflow, {
			input: [wanted],
			credentials: { cryptoCapitalApi: world.credential(rails) },
		});
		return outputItems(run, 'Agent')[0]?.json.response ?? run.data.resultData.error?.message;
	}

	it('can pay within them', async () => {
		const response = await callTool({ amount: 10, beneficiary: customerUsd }, { maximumAmount: 10, allowedBeneficiaries: customerUsd });

		expect(response).toMatch(/"status":"accepted"/);
		expect(world.transfersReceived).toMatchObject([{ amount: 10, beneficiary: customerUsd }]);
	});

	it.each([
		[{ amount: 10.01, beneficiary: customerUsd }, { maximumAmount: 10 }, /at most 10\.00 USD/],
		[{ amount: 1, beneficiary: supplierUsd }, { allowedBeneficiaries: customerUsd }, /does not allow transfers to account/],
		[{ amount: 1, beneficiary: customerUsd }, { allowTransfers: false }, /allows no transfers/],
	])('cannot pay %p under %p', async (wanted, rails, words) => {
		expect(await callTool(wanted, rails)).toMatch(words);
		expectNothingLeft();
	});
});
