import { join } from 'node:path';

import type { Sandbox, SandboxOptions } from '../../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../../sandbox';
import { freshKey, nextOf, settingsFor, TestPool } from '../../client/clients';
import { startBank } from '../../client/signing-bank';
import { Child } from '../support/child';
import type { SoakerArgument, SoakerReport } from './soaker';

const ROUNDS = 1_000;
const MEBIBYTE = 2 ** 20;
/** What a connection held is some ten kilobytes, so keeping it would be several times this; less comes and goes in the engine's own caches. */
const TOLERANCE = 2 * MEBIBYTE;
const DAY = 24 * 60 * 60_000;

const TRANSPORTS: ReadonlyArray<[name: string, transport: 'socketIo' | 'webSocket', options: SandboxOptions]> = [
	['Socket.IO 4', 'socketIo', { socketIoProtocols: ['socketIo4'] }],
	['Socket.IO 2', 'socketIo', { socketIoProtocols: ['socketIo3'] }],
	['WebSocket', 'webSocket', {}],
];

let sandbox: Sandbox | undefined;
let soaker: Child<never, SoakerReport> | undefined;

afterEach(async () => {
	await soaker?.kill();
	await sandbox?.close();
});

async function soak(
	bank: Sandbox,
	what: SoakerArgument['what'],
	transport: 'socketIo' | 'webSocket',
): Promise<SoakerReport> {
	const order: SoakerArgument = {
		settings: {
			serverUrl: bank.url,
			transport,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
			serverPublicKey: bank.serverPublicKey,
		},
		accountNumber: DEMO_ACCOUNTS.merchantUsd,
		what,
		rounds: ROUNDS,
	};
	soaker = new Child(join(__dirname, 'soaker.ts'), { ...order }, ['--expose-gc']);
	return await soaker.next();
}

function expectNoGrowth({ warm, end }: SoakerReport): void {
	expect(end.resources).toEqual(warm.resources);
	expect(end.listeners).toBe(warm.listeners);
	expect(end.heap).toBeLessThan(warm.heap + TOLERANCE);
}

function show(what: string, { warm, end }: SoakerReport): void {
	console.info(
		`${what}: ${end.connections} connections, heap ${[warm, end].map(({ heap }) => (heap / MEBIBYTE).toFixed(2)).join(' → ')} MiB, ` +
			JSON.stringify(end.resources),
	);
}

describe(`${ROUNDS} reconnections`, () => {
	it.each(TRANSPORTS)('leave nothing behind: %s', async (name, transport, options) => {
		sandbox = await startSandbox(options);
		sandbox.faults.enable('dropAfterAck', { operation: 'account' });

		const result = await soak(sandbox, 'reconnect', transport);

		show(name, result);
		expect(result.end.connections).toBe(ROUNDS + 1);
		expectNoGrowth(result);
	});
});

describe('a connection on which nothing happens', () => {
	it(`leaves nothing behind in ${ROUNDS} probes`, async () => {
		sandbox = await startSandbox();

		const result = await soak(sandbox, 'idle', 'webSocket');

		show('idle', result);
		expect(result.end.connections).toBe(1);
		expectNoGrowth(result);
	});

	it('is probed for days, kept, and given up as soon as it no longer answers', async () => {
		const { bank, server } = await startBank('webSocket');
		const connections = new TestPool();
		try {
			const { clock } = connections;
			const { session } = await connections.readyClient(settingsFor(server, freshKey()));
			const timersAtRest = clock.timers;
			for (let day = 0; day < 30; day += 1) {
				const answered = new Promise((resolve) => bank.events.once('settled', resolve));
				clock.skip(DAY);
				await answered;
				// Its own acknowledgement comes after that of the probe.
				await session.perform({ operation: 'auth' }, { ackTimeout: 30_000 });
			}
			expect([session.connections, session.state, clock.timers]).toEqual([1, 'ready', timersAtRest]);

			bank.course = () => undefined;
			const asked = bank.next('auth');
			clock.skip(DAY);
			await asked;
			const lost = nextOf(session.onDisconnected);
			bank.course = async (_received, proceed) => await proceed();
			const back = nextOf(session.onReady);
			clock.skip(60_000);
			await lost;
			await back;
			expect(session.connections).toBe(2);
		} finally {
			connections.close();
			await server.stop();
		}
	});
});
