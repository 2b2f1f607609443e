import { setTimeout as pause } from 'node:timers/promises';

import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { ActionWorkflow, NODE } from './support/action';
import { eventually } from './support/eventually';
import { outputOf } from './support/executions';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import type { TestDatabase } from './support/services';
import { createDatabase, databaseSettings, hasPostgres } from './support/services';
import { SeverableWay } from './support/severable';
import { TriggerWorkflow } from './support/trigger';
import { createCredential } from './support/workflows';

const { merchantUsd, supplierUsd } = DEMO_ACCOUNTS;

(hasPostgres() ? describe : describe.skip)('n8n’s database, stopped', () => {
	const keep = keptUntilTheEnd();
	let sandbox: Sandbox;
	let database: TestDatabase;
	let way: SeverableWay;
	let instance: Instance;
	let credential: { id: string; name: string };

	beforeAll(async () => {
		sandbox = keep(await startSandbox());
		database = keep(await createDatabase());
		way = keep(await SeverableWay.to(database.host, database.port));
		instance = keep(await Instance.start({ env: databaseSettings(database, way.port), isNew: true }));
		credential = await createCredential(instance.api, {
			serverUrl: sandbox.url,
			serverPublicKey: sandbox.serverPublicKey,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
		});
	}, 240_000);

	function pay(): string {
		return sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: 'Order' }).id;
	}

	async function isBack(): Promise<void> {
		await eventually('n8n to have its database back', async () => {
			const answer = await fetch(`${instance.api.url}/healthz/readiness`).catch(() => undefined);
			return answer?.ok;
		}, 60_000);
	}

	test('what arrives while it is gone starts the workflow when it is back: once each, in order', async () => {
		const workflow = await TriggerWorkflow.start(instance, sandbox, credential, { accountNumbers: [merchantUsd] });
		const paid = [pay(), pay()];
		await workflow.startedFor(paid);
		for (const length of [500, 5_000]) {
			// One payment is being worked on when the database goes, others come while it is gone.
			paid.push(pay());
			way.sever();
			paid.push(pay(), pay());
			await pause(length);
			way.restore();
			await isBack();
			paid.push(pay());
			await expect(workflow.startedFor(paid, 90_000)).resolves.toEqual(paid);
		}
	}, 240_000);

	test('a payment with a reference is not sent while its attempt cannot be recorded', async () => {
		const send = await ActionWorkflow.create(instance, credential, {
			resource: 'transfer',
			operation: 'send',
			accountNumber: merchantUsd,
			beneficiary: supplierUsd,
			currency: 'USD',
			amount: 5,
			narrative: 'Unrecorded',
			reference: 'DB-1',
			waitForConfirmation: true,
			options: {},
		});
		way.sever();
		await send.start({});
		await pause(3_000);
		const whileGone = sandbox.ledger.filter(({ narrative }) => narrative.includes('DB-1')).length;
		way.restore();
		await isBack();
		const execution = await send.run({});
		expect(outputOf(execution, NODE)[0]?.json).toMatchObject({ status: 'confirmed', reference: 'DB-1' });
		expect(whileGone).toBe(0);
		expect(sandbox.ledger.filter(({ narrative }) => narrative.includes('DB-1'))).toHaveLength(1);
	}, 120_000);
});
