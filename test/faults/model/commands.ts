import { setTimeout as passing } from 'node:timers/promises';

import fc from 'fast-check';

import { checkAlways } from './invariants';
import type { RandomFault } from './random-faults';
import { randomFault, randomTransferFault } from './random-faults';
import type { Order, ProcessName, World } from './world';

/** What the schedule knows by itself: which commands make sense next. */
export interface Model {
	main: boolean;
	worker: boolean;
	listening: boolean;
}

/** Before the first command. */
export const BEGINNING: Model = { main: true, worker: true, listening: true };

type Step = fc.AsyncCommand<Model, World>;

function step(text: string, isPossible: (model: Model) => boolean, run: (world: World, model: Model) => Promise<void> | void): Step {
	return {
		check: (model) => isPossible(model),
		run: async (model, world) => {
			await run(world, model);
			await passing(world.nextPause());
			checkAlways(world);
		},
		toString: () => text,
	};
}

const REFERENCES = ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5'];

const order: fc.Arbitrary<Order> = fc.record(
	{
		// One of few, so that they meet.
		reference: fc.constantFrom(...REFERENCES),
		// Another amount under a reference that is taken is a mistake of the user.
		amount: fc.constantFrom('20.00', '20.00', '20.00', '30.00', '5000.00'),
		waitForConfirmation: fc.boolean(),
		retries: fc.constantFrom(0, 0, 1, 2),
	},
	{ requiredKeys: ['amount', 'waitForConfirmation', 'retries'] },
);

const processName = fc.constantFrom<ProcessName>('main', 'worker');

const receive = fc
	.integer({ min: 1, max: 4 })
	.map((count) =>
		step(
			`receive ${count}`,
			() => true,
			(world) => {
				for (let left = count; left > 0; left -= 1) world.receive();
			},
		),
	);

const pay = fc.tuple(processName, order).map(([name, details]) =>
	step(
		`pay in ${name}: ${JSON.stringify(details)}`,
		(model) => model[name],
		(world) => void world.pay(name, details),
	),
);

/** Most faults hit what is sent anew, and under a reference that happens once. */
const payUnderFault = fc.tuple(processName, order, randomTransferFault).map(([name, details, { name: faultName, settings }]) =>
	step(
		`pay in ${name}, with ${faultName} ${JSON.stringify(settings)}: ${JSON.stringify(details)}`,
		(model) => model[name],
		(world) => {
			world.bank.sandbox.faults.enable(faultName, settings);
			world.pay(name, details);
		},
	),
);

/** A webhook that was delivered twice, to two processes. */
const payTwice = order.map((details) =>
	step(
		`pay in both: ${JSON.stringify(details)}`,
		({ main, worker }) => main && worker,
		(world) => {
			world.pay('main', details);
			world.pay('worker', details);
		},
	),
);

const awaitPayments = fc.constant(
	step(
		'wait for the payments',
		() => true,
		async (world) => await world.allPaid(),
	),
);

const wait = fc.integer({ min: 1, max: 200 }).map((milliseconds) =>
	step(
		`wait ${milliseconds}`,
		() => true,
		async () => await passing(milliseconds),
	),
);

const fault = randomFault.map(({ name, settings }: RandomFault) =>
	step(
		`${name} ${JSON.stringify(settings)}`,
		() => true,
		// Checked by the sandbox against the fault’s own parameters.
		(world) => void world.bank.sandbox.faults.enable(name, settings),
	),
);

const clearFaults = fc.constant(
	step(
		'no more faults',
		() => true,
		(world) => world.bank.sandbox.faults.clear(),
	),
);

const drop = fc.constant(
	step(
		'drop connections',
		() => true,
		(world) => world.bank.sandbox.dropConnections(),
	),
);

const restartServer = fc.integer({ min: 1, max: 150 }).map((milliseconds) =>
	step(
		`server gone for ${milliseconds}`,
		() => true,
		async ({ bank }) => {
			await bank.sandbox.stop();
			await passing(milliseconds);
			await bank.sandbox.start();
		},
	),
);

const kill = processName.map((name) =>
	step(
		`kill ${name}`,
		(model) => model[name],
		(world, model) => {
			world.kill(name);
			model[name] = false;
			if (name === 'main') model.listening = false;
		},
	),
);

const restart = processName.map((name) =>
	step(
		`restart ${name}`,
		(model) => !model[name],
		async (world, model) => {
			await world.begin(name);
			model[name] = true;
			if (name === 'main') model.listening = true;
		},
	),
);

const activation = fc.boolean().map((active) =>
	step(
		active ? 'activate' : 'deactivate',
		({ main, listening }) => main && listening !== active,
		async (world, model) => {
			await world.setListening(active);
			model.listening = active;
		},
	),
);

const failCreation = fc.integer({ min: 1, max: 3 }).map((count) =>
	step(
		`${count} executions cannot be created`,
		({ listening }) => listening,
		(world) => {
			for (let left = count; left > 0; left -= 1) world.process('main').failNextExecutionCreation();
		},
	),
);

const readStatement = processName.map((name) =>
	step(
		`read the statement in ${name}`,
		(model) => model[name],
		// Whether it succeeds is shown elsewhere; here it plays history back.
		(world) => void world.process(name).readStatement().catch(() => undefined),
	),
);

/** Any order of these, the likelier the more often it is here. */
export const STEPS: ReadonlyArray<fc.Arbitrary<Step>> = [
	...[receive, receive, receive],
	...[pay, pay, payTwice, payTwice, payUnderFault, payUnderFault, payUnderFault],
	...[fault, fault, fault, fault],
	...[wait, wait, awaitPayments, clearFaults],
	...[kill, kill, restart, restart, restart],
	...[drop, restartServer, activation, failCreation, readStatement],
];
