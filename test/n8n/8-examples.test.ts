import path from 'node:path';

import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import type { ImportedWorkflow } from '../../scripts/n8n/examples';
import { importExamples, readExamples } from '../../scripts/n8n/examples';
import { eventually } from './support/eventually';
import type { Execution } from './support/executions';
import { executionsOf, outputOf } from './support/executions';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import { ScriptedModel } from './support/model';
import type { WorkflowNode } from './support/workflows';
import { createCredential, untilPublished } from './support/workflows';

const DIRECTORY = path.resolve(__dirname, '../../examples');

const keep = keptUntilTheEnd();
let sandbox: Sandbox;
let instance: Instance;
let examples: ImportedWorkflow[];

beforeAll(async () => {
	sandbox = keep(await startSandbox());
	instance = keep(await Instance.start());
	const listening = sandbox.next('ack', ({ operation }) => operation === 'statement', 60_000);
	examples = await importExamples(instance.api, DIRECTORY, {
		serverUrl: sandbox.url,
		serverPublicKey: sandbox.serverPublicKey,
		privateKey: DEMO_PRIVATE_KEYS.merchant,
	});
	for (const { id, isPublished } of examples) if (isPublished) await untilPublished(instance.api, id);
	await listening;
});

function example(file: string): ImportedWorkflow {
	const found = examples.find((candidate) => candidate.file === file);
	if (!found) throw new Error(`There is no example ${file}`);
	return found;
}

async function nextExecution(file: string, passes: (execution: Execution) => boolean = () => true): Promise<Execution> {
	const { id } = example(file);
	return await eventually(`an execution of ${file}`, async () =>
		(await executionsOf(instance.api, id)).find((execution) => !['new', 'running'].includes(execution.status) && passes(execution)),
	60_000);
}

/** As the button in the editor does. */
async function runFrom(file: string, trigger: string): Promise<Execution> {
	const { id } = example(file);
	const workflowData = await instance.api.rest<object>('GET', `/workflows/${id}`);
	await instance.api.rest('POST', `/workflows/${id}/run`, { workflowData, triggerToStartFrom: { name: trigger } }, { 'push-ref': 'editor' });
	return await nextExecution(file);
}

const items = (execution: Execution, node: string) => outputOf(execution, node).map(({ json }) => json);

test('every node of every example is one that this n8n has, and each example says what it shows', async () => {
	const types = (await (await instance.api.file('/types/nodes.json')).json()) as Array<{ name: string; version: number | number[] }>;
	const has = (name: string, version: number) => types.some((type) => type.name === name && [type.version].flat().includes(version));
	for (const { file, nodes } of await readExamples(DIRECTORY)) {
		const unknown = nodes.filter(({ type, typeVersion }) => !has(type, typeVersion)).map(({ type, typeVersion }) => `${file}: ${type} ${typeVersion}`);
		expect(unknown).toEqual([]);
		expect(nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
	}
});

test('an approved invoice is paid, and a second time it is not', async () => {
	const execution = await runFrom('pay-an-approved-invoice', 'Start');
	expect(items(execution, 'Paid, or on its way')).toEqual([{ invoice: 'INV-2026-0107', status: 'confirmed', paidBefore: false, transferId: expect.stringMatching(/^[0-9]+$/u) }]);
	const { id } = example('pay-an-approved-invoice');
	const { versionId } = await instance.api.rest<{ versionId: string }>('GET', `/workflows/${id}`);
	await instance.api.rest('POST', `/workflows/${id}/activate`, { versionId });
	await untilPublished(instance.api, id);
	const answer = await fetch(`${instance.api.url}/webhook/invoice-approved`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ invoice: 'INV-2026-0107', approved: true, beneficiary: DEMO_ACCOUNTS.supplierUsd, amount: 480.5 }),
	});
	await expect(answer.json()).resolves.toMatchObject({ paidBefore: true, status: 'confirmed' });
	expect(sandbox.ledger.filter(({ narrative }) => narrative.includes('INV-2026-0107'))).toHaveLength(1);
});

test('a customer is credited when a transfer arrives', async () => {
	const { id } = sandbox.sendMoney({ to: DEMO_ACCOUNTS.merchantUsd, amount: '25.00', narrative: 'Top-up C-1042' });
	const execution = await nextExecution('credit-a-customer', (candidate) => items(candidate, 'Whose is it?').some((item) => item.transferId === id));
	expect(items(execution, 'Credit the customer here')).toEqual([expect.objectContaining({ customer: 'C-1042', amount: '25.00', transferId: id })]);
});

test('the balance report holds each account', async () => {
	const execution = await runFrom('daily-balance-report', 'Start');
	const [report] = items(execution, 'Send it here');
	expect(report?.text).toContain(`Merchant USD (${DEMO_ACCOUNTS.merchantUsd}): ${sandbox.balance(DEMO_ACCOUNTS.merchantUsd)} USD`);
	expect(report?.text).toContain('Merchant EUR');
});

test('a statement is compared with the books', async () => {
	const execution = await runFrom('reconcile-a-statement', 'Start');
	expect(items(execution, 'Only in the books')).toEqual([expect.objectContaining({ id: '1' })]);
	expect(items(execution, 'Only in the bank').length).toBeGreaterThan(0);
});

test('a failed transfer reaches the error workflow', async () => {
	const bookedBefore = sandbox.ledger.length;
	await payTooMuch();
	const told = await nextExecution('report-a-failed-transfer', ({ mode }) => mode === 'error');
	expect(items(told, 'Tell somebody here')).toEqual([expect.objectContaining({ message: expect.stringMatching(/The bank could not do the transfer with nonce/u) })]);
	expect(sandbox.ledger).toHaveLength(bookedBefore);
});

test('an agent pays an invoice once although it calls twice, and cannot pass the guard rails', async () => {
	const model = keep(await ScriptedModel.start());
	const { api } = instance;
	const connection = { serverUrl: sandbox.url, serverPublicKey: sandbox.serverPublicKey, privateKey: DEMO_PRIVATE_KEYS.merchant };
	const guarded = await createCredential(api, { ...connection, maximumAmount: 100 }, 'For the agent');
	const name = 'A model';
	const { id: modelId } = await api.rest<{ id: string }>('POST', '/credentials', { name, type: 'openAiApi', data: { apiKey: 'none', url: model.url } });
	const { id } = example('ai-agent-with-guard-rails');
	const workflow = await api.rest<{ nodes: WorkflowNode[] }>('GET', `/workflows/${id}`);
	for (const node of workflow.nodes) {
		if (node.name === 'Model') node.credentials = { openAiApi: { id: modelId, name } };
		else if (node.credentials) node.credentials = { cryptoCapitalApi: guarded };
	}
	await api.rest('PATCH', `/workflows/${id}`, workflow);
	const invoice = { beneficiary: DEMO_ACCOUNTS.supplierUsd, amount: 99.5, narrative: 'Cleaning', reference: 'AGENT-7' };
	model.willCall(/^Pay/u, invoice);
	model.willCall(/^Pay/u, invoice);
	model.willCall(/^Pay/u, { ...invoice, amount: 100.5, reference: 'AGENT-8' });
	const json = { sessionId: 'one', action: 'sendMessage', chatInput: 'Pay invoices AGENT-7 and AGENT-8.' };
	const data = { startTime: 1, executionTime: 0, executionIndex: 0, executionStatus: 'success', source: [], data: { main: [[{ json }]] } };
	const started = { workflowData: workflow, triggerToStartFrom: { name: 'A message', data } };
	await api.rest('POST', `/workflows/${id}/run`, started, { 'push-ref': 'editor' });
	const execution = await nextExecution('ai-agent-with-guard-rails');
	expect(execution.data.resultData.error).toBeUndefined();
	expect(model.heard).toEqual([expect.stringContaining('confirmed'), expect.stringContaining('alreadySent'), expect.stringMatching(/at most 100\.00 USD/u)]);
	expect(sandbox.ledger.filter(({ narrative }) => narrative.includes('AGENT-'))).toHaveLength(1);
});

/** Asks for more than there is, through the example that pays. */
async function payTooMuch(): Promise<void> {
	const answer = await fetch(`${instance.api.url}/webhook/invoice-approved`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ invoice: 'INV-TOO-MUCH', approved: true, beneficiary: DEMO_ACCOUNTS.supplierUsd, amount: 9_999_999 }),
	});
	await expect(answer.json()).resolves.toMatchObject({ status: 'rejected' });
}
