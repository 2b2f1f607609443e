import type { Transaction } from '../../../sandbox';
import type { Bank } from '../support/bank';
import { PATIENCE } from '../support/bank';
import { Listening, statementRead } from '../support/trigger';
import type { Case } from './cases';
import { casesOf, isAboutConnections, switchOn, TRIGGER_COLUMNS, withBankFor } from './cases';

/** Sends the merchant money. @returns what the trigger is to handle before it next connects */
async function receiveUnder(cell: Case, bank: Bank): Promise<Transaction[]> {
	const { sandbox } = bank;
	const isInterruption = cell.column !== 'announcement' || isAboutConnections(cell);
	const isFoundLater = cell.expected.endsWith('at the next connection');
	const happened = sandbox.next('fault', undefined, PATIENCE);
	if (isInterruption) {
		await sandbox.stop();
		const first = bank.receive('The first');
		switchOn(bank, cell);
		// A statement that was not all there and did not show it was read to its end.
		const caughtUp = isFoundLater && cell.column === 'catchingUp' ? statementRead(bank) : undefined;
		await sandbox.start();
		await Promise.all([happened, caughtUp]);
		return isFoundLater ? [] : [first];
	}
	switchOn(bank, cell);
	const [first, second] = [bank.receive('The first'), bank.receive('The second')];
	await happened;
	return isFoundLater ? [second] : [first, second];
}

describe.each(TRIGGER_COLUMNS)('the trigger, %s', (column) => {
	it.concurrent.each(casesOf(column))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const listening = await Listening.to(bank);
			try {
				await listening.handled(bank.receive('Before the fault'));

				for (const transaction of await receiveUnder(cell, bank)) await listening.handled(transaction);
				if (cell.expected.includes('told')) await listening.active.savedErrors.next({ signal: AbortSignal.timeout(PATIENCE) });
				await listening.settle();

				expect([...listening.started].sort()).toEqual(bank.ledger.map(({ id }) => id).sort());
				expect(listening.active.executions.map(({ run }) => run?.status)).toEqual(bank.ledger.map(() => 'success'));
				expect(listening.told).toEqual(cell.expected.includes('told') ? [expect.stringMatching(cell.says ?? /did not pass verification/u)] : []);
			} finally {
				await listening.close();
			}
		});
	});
});
