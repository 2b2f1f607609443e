import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { ActionWorkflow } from './support/action';
import { eventually } from './support/eventually';
import { executionsOf, statusesOf } from './support/executions';
import type { Worker } from './support/instance';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';
import type { TestDatabase } from './support/services';
import { createDatabase, databaseSettings, hasPostgres, hasRedis, startRedis } from './support/services';
import { TriggerWorkflow } from './support/trigger';
import { createCredential, node } from './support/workflows';

const { merchantUsd, supplierUsd } = DEMO_ACCOUNTS;
const TRANSFERS = 200;
/** A worker that was killed is missed after a few seconds, instead of a minute. */
const IMPATIENCE = { QUEUE_WORKER_LOCK_DURATION: '6000', QUEUE_WORKER_LOCK_RENEW_TIME: '2000', QUEUE_WORKER_STALLED_INTERVAL: '3000' };
const UNFINISHED = ['new', 'running', 'waiting'];

(hasPostgres() && hasRedis() ? describe : describe.skip)('main and two workers', () => {
	const keep = keptUntilTheEnd();
	let sandbox: Sandbox;
	let database: TestDatabase;
	let redis: Awaited<ReturnType<typeof startRedis>>;
	let instance: Instance;
	let workers: [Worker, Worker];
	let credential: { id: string; name: string };

	beforeAll(async () => {
		sandbox = keep(await startSandbox());
		redis = keep(await startRedis());
		database = keep(await createDatabase());
		const env = {
			...databaseSettings(database, database.port),
			...IMPATIENCE,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
		};
		instance = keep(await Instance.start({ env, isNew: true }));
		workers = await Promise.all([instance.startWorker(), instance.startWorker()]);
		credential = await createCredential(instance.api, {
			serverUrl: sandbox.url,
			serverPublicKey: sandbox.serverPublicKey,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
		});
	}, 300_000);

	const references = Array.from({ length: TRANSFERS }, (_, index) => `QUEUE-${String(index).padStart(3, '0')}`);
	const booked = (reference: string) => sandbox.ledger.filter(({ narrative }) => narrative.includes(reference)).length;
	const missing = () => references.filter((reference) => booked(reference) === 0);

	const unfinished = async (workflowId: string) => (await statusesOf(instance.api, workflowId)).filter((status) => UNFINISHED.includes(status)).length;

	async function ended(workflowId: string, count: number): Promise<void> {
		const all = async () => (await statusesOf(instance.api, workflowId)).length >= count && (await unfinished(workflowId)) === 0;
		await eventually(`${count} executions to end`, all, 240_000, 500);
	}

	/** How many executions a worker has begun. */
	const startsOf = ({ server }: Worker) => server.child.output.match(/started execution/giu)?.length ?? 0;

	async function killAndReplace(index: 0 | 1): Promise<void> {
		await workers[index].close();
		workers[index] = await instance.startWorker();
	}

	let send: ActionWorkflow;
	let count = 0;

	async function pay(...what: readonly string[]): Promise<void> {
		await Promise.all(what.map(async (reference) => await send.start({ reference })));
		count += what.length;
	}

	test(`${TRANSFERS} executions send ${TRANSFERS} transfers, and a worker is killed in the middle: each reference is booked once`, async () => {
		const parameters = {
			resource: 'transfer',
			operation: 'send',
			accountNumber: merchantUsd,
			beneficiary: supplierUsd,
			currency: 'USD',
			amount: 0.1,
			narrative: 'Payroll',
			reference: '={{ $json.reference }}',
			waitForConfirmation: true,
			// What died between its attempt and its transfer may be repeated a minute later.
			options: { resendAfterMinutes: 1 },
		};
		send = await ActionWorkflow.create(instance, credential, parameters, {}, 'onReceived');
		await pay(...references);
		await eventually('half of the transfers', () => missing().length <= TRANSFERS / 2, 120_000);
		expect(workers.map((worker) => startsOf(worker) > 0)).toEqual([true, true]);
		await killAndReplace(1);
		await ended(send.id, count);

		// n8n's own way to repeat: it has kept what executions that failed were given, but not of those that died with their worker.
		const failed = (await executionsOf(instance.api, send.id)).filter(({ status }) => status !== 'success');
		expect(failed.length).toBeGreaterThan(0);
		for (const { id } of failed) await instance.api.rest('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		count += failed.length;
		await ended(send.id, count);
		// What was sent long ago is asked for again too, as an impatient person would.
		await pay(...references.slice(0, 20));
		await ended(send.id, count);
		expect(references.filter((reference) => booked(reference) > 1)).toEqual([]);
		process.stdout.write(`${failed.length} executions died or failed with the worker; ${missing().length} transfers had not left it.\n`);
	}, 480_000);

	test('the trigger’s executions go through the queue, and none is lost when a worker dies', async () => {
		const slowly = node('Book it', 'n8n-nodes-base.wait', { typeVersion: 1.1, parameters: { amount: 2, unit: 'seconds' } });
		const workflow = await TriggerWorkflow.start(instance, sandbox, credential, { accountNumbers: [merchantUsd] }, {}, slowly);
		const before = workers.map(startsOf);
		const paid = Array.from({ length: 6 }, () => sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: 'Order' }).id);
		const begun = (count: number) => {
			const each = workers.map((worker, index) => startsOf(worker) - (before[index] ?? 0));
			return each.reduce((sum, one) => sum + one, 0) === count && each;
		};
		// Executions come one at a time, so the worker whose count changes is the one that works on the third.
		const second = await eventually('the second execution', () => begun(2), 60_000, 20);
		const third = await eventually('the third execution', () => begun(3), 60_000, 20);
		await workers[third[0] === second[0] ? 1 : 0].close();
		await expect(workflow.startedFor(paid, 90_000)).resolves.toEqual(paid);
		await expect(workflow.redelivered()).resolves.toEqual(paid.slice(2, 3));
	}, 240_000);

	test('what died with its worker before it had left can be sent again after the time that is set, and once', async () => {
		// As whoever waits for the payment would.
		await eventually(
			'every reference to be booked',
			async () => {
				await pay(...missing());
				await ended(send.id, count);
				return missing().length === 0;
			},
			240_000,
			2_000,
		);
		expect(references.filter((reference) => booked(reference) !== 1)).toEqual([]);
	}, 300_000);
});
