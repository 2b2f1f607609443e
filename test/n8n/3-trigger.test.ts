import { setTimeout as pause } from 'node:timers/promises';

import { generateKeyPair } from '../../client/protocol';
import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { eventually } from './support/eventually';
import { executionsOf, outputOf } from './support/executions';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import { nextCatchUp, TriggerWorkflow } from './support/trigger';
import { chain, createCredential, createWorkflow, node, publish, unpublish } from './support/workflows';

const { merchantUsd, supplierUsd, customerUsd } = DEMO_ACCOUNTS;

const SHORT_OUTAGE = require.resolve('./support/short-outage.cjs');

const keep = keptUntilTheEnd();
let instance: Instance;
let sandbox: Sandbox;
let credential: { id: string; name: string };
const started: string[] = [];

beforeAll(async () => {
	sandbox = keep(await startSandbox());
	instance = keep(await Instance.start({ env: { NODE_OPTIONS: `--require ${SHORT_OUTAGE}` } }));
	credential = await createCredential(instance.api, connection(DEMO_PRIVATE_KEYS.merchant));
});

// One published workflow at a time: what a test counts is its own.
afterEach(async () => {
	sandbox.faults.clear();
	for (const id of started.splice(0)) await unpublish(instance.api, id);
});

function connection(privateKey: string): Record<string, unknown> {
	return { serverUrl: sandbox.url, serverPublicKey: sandbox.serverPublicKey, privateKey };
}

async function start(parameters: Record<string, unknown> = {}, settings: Record<string, unknown> = {}, key = credential): Promise<TriggerWorkflow> {
	const workflow = await TriggerWorkflow.start(instance, sandbox, key, { accountNumbers: [merchantUsd], ...parameters }, settings);
	started.push(workflow.id);
	return workflow;
}

/** A customer pays. */
function pay(amount = '1.00', to: string = merchantUsd): string {
	return sandbox.sendMoney({ from: customerUsd, to, amount, narrative: 'Order' }).id;
}

/** Customers pay again and again until told to stop. Resolves with what was paid, in order. */
function keepPaying(every: number): () => Promise<string[]> {
	const paid: string[] = [];
	const stopped = new AbortController();
	const paying = (async () => {
		while (!stopped.signal.aborted) {
			paid.push(pay('0.10'));
			await pause(every, undefined, { signal: stopped.signal }).catch(() => undefined);
		}
		return paid;
	})();
	return async () => {
		stopped.abort();
		return await paying;
	};
}

test('live events, each with its item', async () => {
	const workflow = await start({ events: ['incomingTransfer', 'outgoingTransfer'] });
	const ids = [pay('25.50'), sandbox.sendMoney({ from: merchantUsd, to: supplierUsd, amount: '3.00', narrative: 'Rent' }).id];
	await expect(workflow.startedFor(ids)).resolves.toEqual(ids);
	const [incoming, outgoing] = await workflow.executions();
	expect(incoming && outputOf(incoming, 'Money came in')[0]?.json).toMatchObject({
		event: 'incomingTransfer',
		accountNumber: merchantUsd,
		counterparty: customerUsd,
		amount: '25.50',
		currency: 'USD',
		narrative: 'Order',
	});
	expect(outgoing && outputOf(outgoing, 'Money came in')[0]?.json).toMatchObject({ event: 'outgoingTransfer', counterparty: supplierUsd, amount: '3.00' });
});

test('SIGKILL while transfers keep arriving: one execution each, in order', async () => {
	const workflow = await start();
	const stopPaying = keepPaying(400);
	await eventually('the first executions', async () => (await workflow.count()) >= 5);
	await instance.kill();
	await pause(2_000);
	await instance.start();
	const resumedWith = await workflow.count();
	await eventually('executions after the start', async () => (await workflow.count()) > resumedWith + 5, 60_000);
	await instance.kill();
	await instance.start();
	const paid = await stopPaying();
	await expect(workflow.startedFor(paid, 90_000)).resolves.toEqual(paid);
}, 240_000);

test('the server gone for a while: nothing is lost', async () => {
	const workflow = await start();
	const before = [pay(), pay()];
	await workflow.startedFor(before);
	await sandbox.stop();
	const meanwhile = [pay(), pay(), pay()];
	await pause(3_000);
	const back = nextCatchUp(sandbox);
	await sandbox.start();
	await back;
	const all = [...before, ...meanwhile, pay()];
	await expect(workflow.startedFor(all)).resolves.toEqual(all);
});

test('deactivated and activated again: what happened meanwhile starts it', async () => {
	const workflow = await start();
	const before = [pay(), pay()];
	await workflow.startedFor(before);
	await unpublish(instance.api, workflow.id);
	const meanwhile = [pay(), pay()];
	const listening = nextCatchUp(sandbox);
	await publish(instance.api, workflow.id);
	await listening;
	const all = [...before, ...meanwhile, pay()];
	await expect(workflow.startedFor(all)).resolves.toEqual(all);
});

test('a new version published while transfers keep arriving: each starts one version, once', async () => {
	const workflow = await start();
	const stopPaying = keepPaying(100);
	await eventually('the first executions', async () => (await workflow.count()) >= 3);
	const saved = await instance.api.rest<{ versionId: string; nodes: unknown[]; connections: object; settings: object; name: string }>('GET', `/workflows/${workflow.id}`);
	const nodes = [...saved.nodes, node('Added', 'n8n-nodes-base.noOp')];
	await instance.api.rest('PATCH', `/workflows/${workflow.id}`, { ...saved, nodes });
	await publish(instance.api, workflow.id);
	const then = await workflow.count();
	await eventually('executions of the new version', async () => (await workflow.count()) > then + 5, 60_000);
	const paid = await stopPaying();
	await expect(workflow.startedFor(paid)).resolves.toEqual(paid);
}, 180_000);

test('the credential edited to another key: the trigger goes over to it when the connection ends', async () => {
	const other = generateKeyPair();
	sandbox.registerKey({ accountNumber: merchantUsd, publicKey: other.publicKey });
	const edited = await createCredential(instance.api, connection(DEMO_PRIVATE_KEYS.merchant), 'Edited');
	const workflow = await start({}, {}, edited);
	const first = [pay()];
	await workflow.startedFor(first);
	await instance.api.rest('PATCH', `/credentials/${edited.id}`, { ...edited, type: 'cryptoCapitalApi', data: connection(other.privateKey) });
	const asOther = sandbox.next('authenticated', ({ key }) => key === other.publicKey, 60_000);
	const listening = nextCatchUp(sandbox);
	sandbox.dropConnections();
	await asOther;
	await listening;
	const all = [...first, pay()];
	await expect(workflow.startedFor(all)).resolves.toEqual(all);
});

describe('the error workflow', () => {
	/** A workflow that runs when the other one has an error, and what it was started with. */
	async function errorWorkflow(): Promise<{ id: string; errors: () => Promise<string[]> }> {
		const id = await createWorkflow(instance.api, chain('On an error', node('Error', 'n8n-nodes-base.errorTrigger'), node('Tell somebody', 'n8n-nodes-base.noOp')));
		await publish(instance.api, id);
		started.push(id);
		const errors = async () =>
			(await executionsOf(instance.api, id)).map((execution) => {
				const { json } = outputOf(execution, 'Error')[0] ?? { json: {} };
				return (json as { execution?: { error?: { message?: string } }; trigger?: { error?: { message?: string } } }).execution?.error?.message ?? JSON.stringify(json);
			});
		return { id, errors };
	}

	test('hears once that the server refuses the key, and the trigger goes on when it accepts it', async () => {
		const { id, errors } = await errorWorkflow();
		const stranger = generateKeyPair();
		const ownKey = generateKeyPair();
		sandbox.registerKey({ accountNumber: merchantUsd, publicKey: ownKey.publicKey });
		const edited = await createCredential(instance.api, connection(ownKey.privateKey), 'Refused');
		const workflow = await start({}, { errorWorkflow: id }, edited);
		await instance.api.rest('PATCH', `/credentials/${edited.id}`, { ...edited, type: 'cryptoCapitalApi', data: connection(stranger.privateKey) });
		sandbox.dropConnections();
		await eventually('the error workflow to run', async () => (await errors()).length > 0, 60_000);
		await expect(errors()).resolves.toEqual([expect.stringMatching(/server refuses the key/u)]);
		const missed = pay();
		await instance.api.rest('PATCH', `/credentials/${edited.id}`, { ...edited, type: 'cryptoCapitalApi', data: connection(ownKey.privateKey) });
		await expect(workflow.startedFor([missed], 90_000)).resolves.toEqual([missed]);
		expect(await errors()).toHaveLength(1);
	}, 180_000);

	test('hears once of an outage that lasts, and the trigger goes on when it is over', async () => {
		const { id, errors } = await errorWorkflow();
		const workflow = await start({}, { errorWorkflow: id });
		await sandbox.stop();
		const missed = pay();
		try {
			await eventually('the error workflow to run', async () => (await errors()).length > 0, 60_000);
			await expect(errors()).resolves.toEqual([expect.stringMatching(/was lost|No Crypto Capital server answers/u)]);
		} finally {
			await sandbox.start();
		}
		await expect(workflow.startedFor([missed], 90_000)).resolves.toEqual([missed]);
		expect(await errors()).toHaveLength(1);
	}, 180_000);

	test('hears once of messages that fail verification, and they start nothing', async () => {
		const { id, errors } = await errorWorkflow();
		const workflow = await start({}, { errorWorkflow: id });
		sandbox.faults.enable('forgeSignature', { message: 'transfer', times: 2, genuine: true });
		const ids = [pay(), pay()];
		await eventually('the error workflow to run', async () => (await errors()).length > 0, 60_000);
		await expect(workflow.startedFor(ids)).resolves.toEqual(ids);
		await expect(errors()).resolves.toEqual([expect.stringMatching(/did not pass verification/u)]);
	});
});

test('a step of the editor shows the latest real transfer', async () => {
	const id = await createWorkflow(instance.api, TriggerWorkflow.definition(credential, { accountNumbers: [merchantUsd] }));
	const workflowData = await instance.api.rest<object>('GET', `/workflows/${id}`);
	const latest = pay('7.00');
	await instance.api.rest('POST', `/workflows/${id}/run`, { workflowData, triggerToStartFrom: { name: 'Money came in' } }, { 'push-ref': 'editor' });
	const execution = await eventually('the step to end', async () => (await executionsOf(instance.api, id)).find(({ status }) => status === 'success'));
	expect(execution.mode).toBe('manual');
	expect(outputOf(execution, 'Money came in')[0]?.json).toMatchObject({ id: latest, amount: '7.00' });
});
