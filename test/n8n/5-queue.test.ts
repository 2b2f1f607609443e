import type { Sandbox } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { ActionWorkflow, NODE } from './support/action';
import { eventually } from './support/eventually';
import type { Execution } from './support/executions';
import { executionsOf, outputOf } from './support/executions';
import type { Worker } from './support/instance';
import { Instance } from './support/instance';
import type { TestDatabase } from './support/services';
import { createDatabase, databaseSettings, hasPostgres, hasRedis, startRedis } from './support/services';
import { TriggerWorkflow } from './support/trigger';
import { createCredential } from './support/workflows';

const { merchantUsd, supplierUsd } = DEMO_ACCOUNTS;
const TRANSFERS = 200;
/** A worker that was killed is missed after a few seconds, instead of a minute. */
const IMPATIENCE = { QUEUE_WORKER_LOCK_DURATION: '6000', QUEUE_WORKER_LOCK_RENEW_TIME: '2000', QUEUE_WORKER_STALLED_INTERVAL: '3000' };
const UNFINISHED = ['new', 'running', 'waiting'];

(hasPostgres() && hasRedis() ? describe : describe.skip)('main and two workers', () => {
	let sandbox: Sandbox;
	let database: TestDatabase;
	let redis: Awaited<ReturnType<typeof startRedis>>;
	let instance: Instance;
	let workers: [Worker, Worker];
	let credential: { id: string; name: string };

	beforeAll(async () => {
		sandbox = await startSandbox();
		redis = await startRedis();
		database = await createDatabase();
		const env = {
			...databaseSettings(database, database.port),
			...IMPATIENCE,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(redis.port),
		};
		instance = await Instance.start({ env, isNew: true });
		workers = await Promise.all([instance.startWorker(), instance.startWorker()]);
		credential = await createCredential(instance.api, {
			serverUrl: sandbox.url,
			serverPublicKey: sandbox.serverPublicKey,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
		});
	}, 300_000);

	afterAll(async () => {
		await instance.close();
		await redis.stop();
		await database.drop();
		await sandbox.close();
	});

	const references = Array.from({ length: TRANSFERS }, (_, index) => `QUEUE-${String(index).padStart(3, '0')}`);
	const booked = (reference: string) => sandbox.ledger.filter(({ narrative }) => narrative.includes(reference)).length;
	const missing = () => references.filter((reference) => booked(reference) === 0);

	async function ended(workflowId: string, count: number): Promise<Execution[]> {
		return await eventually(
			`${count} executions to end`,
			async () => {
				const executions = await executionsOf(instance.api, workflowId);
				return executions.length >= count && executions.every(({ status }) => !UNFINISHED.includes(status)) && executions;
			},
			240_000,
			1_000,
		);
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
		const send = await ActionWorkflow.create(instance, credential, parameters, {}, 'onReceived');
		await Promise.all(references.map(async (reference) => await send.start({ reference })));
		await eventually('half of the transfers', () => missing().length <= TRANSFERS / 2, 120_000);
		await workers[1].close();
		workers[1] = await instance.startWorker();
		const executions = await ended(send.id, TRANSFERS);
		const connections = sandbox.counters.connections;
		expect(connections).toBeGreaterThanOrEqual(2);
		process.stdout.write(`${JSON.stringify(tally(executions))}\n`);

		// n8n's own way to repeat: it has kept what executions that failed were given, but not of those that died with their worker.
		const failed = executions.filter(({ status }) => status !== 'success');
		expect(failed.length).toBeGreaterThan(0);
		for (const { id } of failed) await instance.api.rest('POST', `/executions/${id}/retry`, { loadWorkflow: false });
		let count = TRANSFERS + failed.length;
		await ended(send.id, count);
		// Those are asked for again, as whoever waits for the payment would. So are some that were sent long ago.
		const longAgo = references.slice(0, 20);
		await eventually(
			'every reference to be booked',
			async () => {
				const again = [...missing(), ...longAgo.splice(0)];
				await Promise.all(again.map(async (reference) => await send.start({ reference })));
				count += again.length;
				process.stdout.write(`${JSON.stringify(tally(await ended(send.id, count)))}\n`);
				return missing().length === 0;
			},
			240_000,
			5_000,
		);
		expect(references.filter((reference) => booked(reference) !== 1)).toEqual([]);
	}, 900_000);

	/** How the executions ended, for whoever reads the output. */
	function tally(executions: readonly Execution[]): Record<string, number> {
		const counts: Record<string, number> = {};
		for (const execution of executions) {
			const item = outputOf(execution, NODE)[0]?.json;
			const { message = '', description = '' } = execution.data.resultData.error ?? {};
			const again = item?.alreadySent === true ? ' before' : '';
			const key = `${execution.status} ${typeof item?.status === 'string' ? item.status : ''}${again} ${`${message} ${description}`.replace(/QUEUE-[0-9]+/gu, '*').slice(0, 300)}`.trim();
			counts[key] = (counts[key] ?? 0) + 1;
		}
		return counts;
	}

	test('the trigger’s executions go through the queue, and none is lost when a worker dies', async () => {
		const workflow = await TriggerWorkflow.start(instance, sandbox, credential, { accountNumbers: [merchantUsd] });
		const paid: string[] = [];
		for (let payment = 0; payment < 30; payment += 1) {
			paid.push(sandbox.sendMoney({ to: merchantUsd, amount: '1.00', narrative: 'Order' }).id);
			if (payment === 10) await workers[0].close();
			await eventually('an execution', async () => (await workflow.transfers()).length > payment - 3, 60_000, 300);
		}
		await expect(workflow.startedFor(paid, 90_000)).resolves.toEqual(paid);
	}, 240_000);
});
