import { join } from 'node:path';

import type { Sandbox } from '../../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../../sandbox';
import { Child } from '../support/child';
import type { SenderArgument, SenderReport } from './sender';

const PROCESSES = 8;
const TRANSFERS = 100;

let sandbox: Sandbox;
let senders: Array<Child<'go', 'ready' | SenderReport>> = [];

beforeEach(async () => {
	sandbox = await startSandbox();
});

afterEach(async () => {
	await Promise.all(senders.map(async (sender) => await sender.kill()));
	senders = [];
	await sandbox.close();
});

function startSender(index: number): Child<'go', 'ready' | SenderReport> {
	const transport = index % 2 === 0 ? 'webSocket' : 'socketIo';
	const argument: SenderArgument = {
		settings: {
			serverUrl: transport === 'webSocket' ? sandbox.webSocketUrl : sandbox.url,
			transport,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
			serverPublicKey: sandbox.serverPublicKey,
		},
		accountNumber: DEMO_ACCOUNTS.merchantUsd,
		beneficiary: DEMO_ACCOUNTS.customerUsd,
		narratives: Array.from({ length: TRANSFERS }, (_, transfer) => `Process ${index}, transfer ${transfer}`),
	};
	const sender = new Child<'go', 'ready' | SenderReport>(join(__dirname, 'sender.ts'), { ...argument });
	senders.push(sender);
	return sender;
}

describe(`${PROCESSES} processes with one key`, () => {
	it(`send ${TRANSFERS} transfers each at once: all are accepted, none twice, and no nonce leaves the scale`, async () => {
		const highestNonces: number[] = [];
		sandbox.on('ack', ({ nonce }) => highestNonces.push(nonce - Date.now()));
		const bookedBefore = sandbox.ledger.length;
		const started = Array.from({ length: PROCESSES }, (_, index) => startSender(index));
		for (const sender of started) expect(await sender.next()).toBe('ready');
		const refusedBefore = sandbox.counters.refusedNonces;

		for (const sender of started) sender.order('go');
		const reports = (await Promise.all(started.map(async (sender) => await sender.next()))).filter(
			(report) => report !== 'ready',
		);

		const refused = sandbox.counters.refusedNonces - refusedBefore;
		const writings = reports.flatMap((report) => report.writings);
		const histogram = [1, 2, 3, 4, 5, 6].map((times) => writings.filter((count) => count === times).length);
		console.info(
			`${PROCESSES} × ${TRANSFERS} transfers: ${refused} refused nonces; written once, twice, … six times: ` +
				`${histogram.join(', ')}; ${Math.round(Math.max(...reports.map(({ duration }) => duration)))} ms; ` +
				`nonces at most ${Math.max(...highestNonces)} ms ahead of the clock`,
		);
		expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
		expect(reports.map(({ accepted }) => accepted)).toEqual(Array.from({ length: PROCESSES }, () => TRANSFERS));
		const narratives = sandbox.ledger.slice(bookedBefore).map(({ narrative }) => narrative);
		expect(narratives).toHaveLength(PROCESSES * TRANSFERS);
		expect(new Set(narratives).size).toBe(PROCESSES * TRANSFERS);
		// Without a refusal there was no contention, and the test would show nothing.
		expect(refused).toBeGreaterThan(0);
		// The first burst of each process counts up from the clock; waiting brings them back to it.
		expect(Math.max(...highestNonces)).toBeLessThan(2 * TRANSFERS);
	});
});
