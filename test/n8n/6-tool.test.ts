import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import { McpClient } from './support/mcp';
import { ACTION, createCredential, createWorkflow, node, publish } from './support/workflows';

const { merchantUsd, supplierUsd, customerUsd } = DEMO_ACCOUNTS;

const keep = keptUntilTheEnd();
let instance: Instance;
let sandbox: Sandbox;
let mcp: McpClient;

beforeAll(async () => {
	sandbox = keep(await startSandbox());
	instance = keep(await Instance.start());
	const credential = await createCredential(instance.api, {
		serverUrl: sandbox.url,
		serverPublicKey: sandbox.serverPublicKey,
		privateKey: DEMO_PRIVATE_KEYS.merchant,
		maximumAmount: 100,
		allowedBeneficiaries: supplierUsd,
	});
	const tool = (name: string, parameters: Record<string, unknown>) =>
		node(name, `${ACTION}Tool`, { credentials: { cryptoCapitalApi: credential }, parameters: { descriptionType: 'auto', options: {}, ...parameters } });
	const pay = tool('Pay', {
		resource: 'transfer',
		operation: 'send',
		accountNumber: merchantUsd,
		beneficiary: "={{ $fromAI('beneficiary', 'Account number of ten digits') }}",
		currency: 'USD',
		amount: "={{ $fromAI('amount', 'Amount in USD', 'number') }}",
		narrative: 'For the agent',
		reference: "={{ $fromAI('reference', 'Invoice number') }}",
		waitForConfirmation: true,
	});
	const balance = tool('Balance', { resource: 'account', operation: 'get', accountNumber: merchantUsd });
	const server = node('Server', '@n8n/n8n-nodes-langchain.mcpTrigger', { typeVersion: 2, webhookId: 'tools', parameters: { path: 'tools' } });
	const toServer = { ai_tool: [[{ node: 'Server', type: 'ai_tool', index: 0 }]] };
	const id = await createWorkflow(instance.api, {
		name: 'Tools',
		nodes: [server, pay, balance],
		connections: { Pay: toServer, Balance: toServer },
		settings: { executionOrder: 'v1' },
	});
	await publish(instance.api, id);
	mcp = new McpClient(`${instance.api.url}/mcp/tools`);
	await mcp.initialize();
});

const booked = (reference: string) => sandbox.ledger.filter(({ narrative }) => narrative.includes(reference));

test('an agent sees both tools, and what it has to say to them', async () => {
	const tools = await mcp.tools();
	expect(tools.map(({ name }) => name).sort()).toEqual(['Balance', 'Pay']);
	const pay = tools.find(({ name }) => name === 'Pay');
	expect(pay?.description).toMatch(/transfer/iu);
	expect(Object.keys(pay?.inputSchema.properties ?? {})).toEqual(expect.arrayContaining(['beneficiary', 'amount', 'reference']));
});

test('it reads a balance', async () => {
	const answer = await mcp.call('Balance', {});
	expect(answer).toContain(sandbox.balance(merchantUsd));
});

test('it pays within the guard rails, and a repeated call pays nothing', async () => {
	const call = { beneficiary: supplierUsd, amount: 99.5, reference: 'AGENT-1' };
	expect(await mcp.call('Pay', call)).toContain('confirmed');
	expect(await mcp.call('Pay', call)).toMatch(/"alreadySent":\s*true/u);
	const [first, ...others] = await Promise.all([1, 2, 3].map(async () => await mcp.call('Pay', { ...call, reference: 'AGENT-2' })));
	expect([first, ...others].filter((answer) => !/alreadySent|pending/u.test(String(answer)))).toHaveLength(1);
	expect(booked('AGENT-1')).toHaveLength(1);
	expect(booked('AGENT-2')).toHaveLength(1);
});

test.each([
	['more than the credential allows', { beneficiary: supplierUsd, amount: 100.01 }, /at most 100\.00 USD/u],
	['anybody the credential does not name', { beneficiary: customerUsd, amount: 1 }, /does not allow transfers to account/u],
])('it cannot pay %s, and is told why', async (_what, call, words) => {
	const answer = await mcp.call('Pay', { ...call, reference: 'AGENT-3' });
	expect(answer).toMatch(words);
	expect(booked('AGENT-3')).toEqual([]);
});
