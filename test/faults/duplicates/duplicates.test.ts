import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Sandbox } from '../../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../../sandbox';
import { Child } from '../support/child';
import type { Place } from './databases';
import { dropTable, hasPostgres } from './databases';
import type { PayerArgument, PayerOrder, PayerReport, Payment } from './payer';

const PAIRS = 500;
const AT_ONCE = 50;
/** Milliseconds between one pair and the next. Pairs that start at the very same moment are claimed in one go. */
const STEP = 5;
/** Milliseconds for an order to reach both processes, so that both begin in time. */
const NOTICE = 50;
/** Far longer than a payment takes, so that no statement shows a transfer to whoever comes at the same moment. */
const SETTLEMENT_DELAY = 3_000;
const QUIET_PERIOD = 200;

type Payer = Child<{ references: string[]; from: number; step: number }, PayerReport>;

let sandbox: Sandbox;
let payers: Payer[] = [];

beforeEach(async () => {
	sandbox = await startSandbox({ settlementDelay: SETTLEMENT_DELAY });
});

afterEach(async () => {
	await Promise.all(payers.map(async (payer) => await payer.kill()));
	payers = [];
	await sandbox.close();
});

async function startPayers(place: Place): Promise<void> {
	const argument: PayerArgument = {
		settings: { serverUrl: sandbox.url, privateKey: DEMO_PRIVATE_KEYS.merchant, serverPublicKey: sandbox.serverPublicKey },
		place,
		accountNumber: DEMO_ACCOUNTS.merchantUsd,
		beneficiary: DEMO_ACCOUNTS.customerUsd,
		quietPeriod: QUIET_PERIOD,
	};
	for (let index = 0; index < 2; index += 1) {
		const payer: Payer = new Child(join(__dirname, 'payer.ts'), { ...argument });
		payers.push(payer);
		// One after the other, since each makes the table where it is not there.
		expect(await payer.next()).toBe('ready');
	}
}

/** Has both processes pay the same references at the same moment. */
async function payTwice(references: string[]): Promise<Array<[Payment, Payment]>> {
	const order: PayerOrder = { references, from: Date.now() + NOTICE, step: STEP };
	for (const payer of payers) payer.order({ ...order });
	const [first = [], second = []] = await Promise.all(payers.map(async (payer) => paymentsOf(await payer.next())));
	return first.map((payment, index) => {
		const other = second[index];
		if (other?.reference !== payment.reference) throw new Error('Both report in the order of the references');
		return [payment, other];
	});
}

function paymentsOf(report: PayerReport): readonly Payment[] {
	if (report === 'ready') throw new Error('It was ready before');
	return report;
}

async function payEveryPairTwice(): Promise<Array<[Payment, Payment]>> {
	const pairs: Array<[Payment, Payment]> = [];
	for (let first = 1; first <= PAIRS; first += AT_ONCE) {
		const references = Array.from({ length: AT_ONCE }, (_, index) => `INV-${first + index}`);
		pairs.push(...(await payTwice(references)));
	}
	return pairs;
}

/** How often each reference was paid. */
function timesPaid(): number[] {
	const counts = new Map<string, number>();
	for (const { narrative } of sandbox.ledger) counts.set(narrative, (counts.get(narrative) ?? 0) + 1);
	return Array.from({ length: PAIRS }, (_, index) => counts.get(`Paid twice? [INV-${index + 1}]`) ?? 0);
}

const once = Array.from({ length: PAIRS }, () => 1);

async function showThatNothingIsPaidTwice(place: Place): Promise<void> {
	const before = sandbox.counters.transactions;
	let settle = () => {};
	const allSettled = new Promise<void>((resolve) => {
		settle = resolve;
	});
	sandbox.on('settled', () => {
		if (sandbox.counters.transactions - before === PAIRS) settle();
	});
	await startPayers(place);

	const pairs = await payEveryPairTwice();
	const overlapped = pairs.filter(([a, b]) => Math.max(a.begun, b.begun) < Math.min(a.ended, b.ended)).length;
	const bothClaimed = pairs.filter((pair) => pair.every(({ claim }) => claim === 'first')).length;
	const errors = pairs.flat().flatMap(({ error }) => error ?? []);
	console.info(
		`${place.kind}: of ${PAIRS} pairs ${overlapped} overlapped, and in ${bothClaimed} of them both processes had ` +
			`recorded the attempt as theirs before one of them lost it; ${sandbox.counters.refusedNonces} refused nonces`,
	);

	expect(errors).toEqual([]);
	// One sends; the other does not know, unless the first was so quick that the statement has it already.
	const unexpected = pairs.filter((pair) => {
		const [a, b] = pair.map(({ status, alreadySent }) => `${status}${alreadySent ? ' already' : ''}`).sort();
		return a !== 'accepted' || (b !== 'pending already' && b !== 'confirmed already');
	});
	expect(unexpected).toEqual([]);
	await allSettled;
	expect(timesPaid()).toEqual(once);
	// Where nothing overlapped, nothing was shown.
	expect(overlapped).toBeGreaterThan(PAIRS / 2);

	const again = (await payTwice(Array.from({ length: PAIRS }, (_, index) => `INV-${index + 1}`))).flat();
	expect(again.filter(({ status, alreadySent }) => status !== 'confirmed' || !alreadySent)).toEqual([]);
	expect(timesPaid()).toEqual(once);
}

describe(`${PAIRS} references, each paid by two processes at the same moment, while the bank settles ${SETTLEMENT_DELAY} ms late`, () => {
	it('are paid once each over SQLite', async () => {
		const directory = await mkdtemp(join(tmpdir(), 'duplicates-'));
		try {
			await showThatNothingIsPaidTwice({ kind: 'sqlite', file: join(directory, 'database.sqlite') });
		} finally {
			await Promise.all(payers.map(async (payer) => await payer.kill()));
			await rm(directory, { recursive: true });
		}
	});

	it('are paid once each over PostgreSQL', async () => {
		if (!(await hasPostgres())) {
			console.warn('NOT TESTED over PostgreSQL: no server at 127.0.0.1:5432. Name one by PGHOST, PGPORT, PGUSER, PGDATABASE, PGPASSWORD.');
			return;
		}
		const table = `processed_data_${process.pid}`;
		try {
			await showThatNothingIsPaidTwice({ kind: 'postgres', table });
		} finally {
			await Promise.all(payers.map(async (payer) => await payer.kill()));
			await dropTable(table);
		}
	});
});
