import type { INodeParameters } from 'n8n-workflow';
import type { Bank } from '../support/bank';
import { PATIENCE, withBank } from '../support/bank';
import { Lives } from './lives';
import type { N8nReport } from './n8n-process';

const REFERENCE = 'INV-7';

function payment({ merchant, customer }: Bank): INodeParameters {
	return {
		resource: 'transfer',
		operation: 'send',
		accountNumber: merchant,
		beneficiary: customer,
		currency: 'USD',
		amount: 20,
		narrative: 'Rent',
		reference: REFERENCE,
		options: { quietPeriod: 0.3, confirmationTimeout: 3 },
	};
}

const payments = (bank: Bank) => bank.ledger.filter(({ narrative }) => narrative === `Rent [${REFERENCE}]`);

/** What the second life says, in the words of the contract. */
function saying(report: N8nReport): string {
	if (report.kind !== 'item') return report.kind === 'error' ? report.message : report.kind;
	const { status, alreadySent } = report.item as { status: string; alreadySent?: boolean };
	return alreadySent === true && status === 'confirmed' ? 'alreadySent' : status;
}

async function withLives<T>(run: (bank: Bank, lives: Lives) => Promise<T>): Promise<T> {
	return await withBank('Socket.IO 4', async (bank) => {
		const lives = await Lives.of(bank);
		try {
			return await run(bank, lives);
		} finally {
			await lives.end();
		}
	});
}

const isTransfer = ({ operation }: { operation: string }) => operation === 'transfer';

function received(name: string) {
	return async ({ sandbox }: Bank) => await sandbox.next('operation', ({ operation }) => operation === name, PATIENCE);
}

/** The statement has records too: only what comes after the booking is the transfer's own. */
async function recordSent({ sandbox }: Bank): Promise<void> {
	await sandbox.next('settled', undefined, PATIENCE);
	await sandbox.next('sent', ({ type }) => type === 'transfer', PATIENCE);
}

describe('n8n is killed while it sends with a reference, and started again', () => {
	it('before any of its writes to the database: the reference is paid at most once, and the item says so', async () => {
		const sayings: string[] = [];
		for (let heldAt = 1; ; heldAt += 1) {
			const isOver = await withLives(async (bank, lives) => {
				const operations: string[] = [];
				bank.sandbox.on('operation', ({ operation }) => operations.push(operation));
				const first = lives.begin({ send: payment(bank), heldAt });
				const report = await first.next();
				await first.kill();
				if (report.kind !== 'held') return true;

				const hasLeft = operations.includes('transfer');
				const second = lives.begin({ send: payment(bank) });
				const said = saying(await second.next());
				sayings.push(said);

				expect(hasLeft ? ['alreadySent', 'pending'] : ['accepted', 'pending']).toContain(said);
				expect(payments(bank)).toHaveLength(said === 'pending' ? 0 : 1);
				return false;
			});
			if (isOver) break;
		}

		// Before the first write nothing is known of the attempt, so it is made; afterwards it may have been.
		expect(sayings[0]).toBe('accepted');
		expect(sayings.slice(1)).toContain('pending');
	});

	it.each<[string, (bank: Bank) => Promise<unknown>, string]>([
		['as it searches the statement', received('statement'), 'pending'],
		['as it proves the search', received('account'), 'pending'],
		['when the transfer has left', received('transfer'), 'alreadySent'],
		['when it is acknowledged', async ({ sandbox }) => await sandbox.next('ack', isTransfer, PATIENCE), 'alreadySent'],
		['when its record is on the way', recordSent, 'alreadySent'],
	])('%s', async (_moment, moment, expected) => {
		await withLives(async (bank, lives) => {
			const isNow = moment(bank);
			const first = lives.begin({ send: payment(bank) });
			await isNow;
			await first.kill();
			await bank.sandbox.idle();

			const said = saying(await lives.begin({ send: payment(bank) }).next());

			expect(said).toBe(expected);
			expect(payments(bank)).toHaveLength(expected === 'pending' ? 0 : 1);
		});
	});

	it('when the transfer has left, and the bank never did it: pending, and not sent again', async () => {
		await withLives(async (bank, lives) => {
			bank.sandbox.faults.enable('neverSettle', { operation: 'transfer', times: 1 });
			const left = bank.sandbox.next('operation', isTransfer, PATIENCE);
			const first = lives.begin({ send: payment(bank) });
			await left;
			await first.kill();

			const said = saying(await lives.begin({ send: payment(bank) }).next());

			expect([said, payments(bank).length]).toEqual(['pending', 0]);
		});
	});

	it('when the transfer has left, and the bank books it long after: pending first, then already sent', async () => {
		await withLives(async (bank, lives) => {
			bank.sandbox.faults.enable('settleLate', { operation: 'transfer', times: 1, milliseconds: 15_000 });
			const settled = bank.sandbox.next('settled', undefined, PATIENCE);
			const left = bank.sandbox.next('ack', isTransfer, PATIENCE);
			const first = lives.begin({ send: payment(bank) });
			await left;
			await first.kill();

			const before = saying(await lives.begin({ send: payment(bank) }).next());
			expect([before, payments(bank).length]).toEqual(['pending', 0]);
			await settled;
			const after = saying(await lives.begin({ send: payment(bank) }).next());

			expect([after, payments(bank).length]).toEqual(['alreadySent', 1]);
		});
	});
});
