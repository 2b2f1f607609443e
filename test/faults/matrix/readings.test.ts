import type { CryptoCapitalClient } from '../../../client';
import { CryptoCapitalError } from '../../../client';
import type { Bank } from '../support/bank';
import type { Case } from './cases';
import { casesOf, isAboutConnections, requireThatItHappened, switchOn, WAITS, withBankFor } from './cases';

/** Runs an operation, and says what came of it in the words of the matrix. */
async function outcomeOf<T>(operation: () => Promise<T>, succeeded: (value: T) => string): Promise<{ word: string; error?: CryptoCapitalError }> {
	try {
		return { word: succeeded(await operation()) };
	} catch (error) {
		if (!(error instanceof CryptoCapitalError)) throw error;
		return { word: error.outcome, error };
	}
}

function expectWords({ says }: Case, error: CryptoCapitalError | undefined, accountNumber: string): void {
	if (!error) return;
	const { outcome, message, description } = error;
	if (outcome === 'unknown') expect(description).toMatch(/safe to try again|It was ignored/u);
	if (outcome === 'unknown' || outcome === 'rejected') expect(message).toContain(`account ${accountNumber}`);
	if (outcome === 'rejected') expect(message).toMatch(/ was rejected/u);
	if (outcome === 'notSent') expect(description).toMatch(/Nothing was sent/u);
	if (says) expect(message).toMatch(says);
}

async function prepared(bank: Bank, cell: Case) {
	const isFirst = isAboutConnections(cell);
	if (isFirst) switchOn(bank, cell);
	const client = bank.client();
	if (isFirst) return client;
	await client.ready();
	// What a replay repeats.
	await client.getAccount(bank.merchant, WAITS);
	await announced(client, bank, 'Invoice 1');
	await announced(client, bank, 'Invoice 2');
	switchOn(bank, cell);
	return client;
}

/** Receives money, and resolves when the client has heard of it: what is announced later would answer for the statement. */
async function announced(client: CryptoCapitalClient, bank: Bank, narrative: string): Promise<void> {
	await new Promise<void>((resolve) => {
		const remove = client.onMessage(({ message }) => {
			if (message.type !== 'transfer' || message.params.narrative !== narrative) return;
			remove();
			resolve();
		});
		bank.receive(narrative);
	});
}

describe('the statement', () => {
	it.concurrent.each(casesOf('statement'))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const client = await prepared(bank, cell);
			const ids = bank.sandbox.bank.statement(bank.merchant, { by: 'limit', limit: 10 }).map(({ id }) => id);

			const { word, error } = await outcomeOf(
				async () => await client.getStatement({ accountNumber: bank.merchant, filter: { fromTime: '0' } }, WAITS),
				(records) => {
					const found = records.map(({ params }) => params.id);
					expect(ids).toEqual(expect.arrayContaining(found));
					expect(new Set(found).size).toBe(found.length);
					if (found.length === 0) return 'no record';
					return found.length === ids.length ? 'every record' : 'without that record';
				},
			);

			requireThatItHappened(bank);
			expect(word).toBe(cell.expected);
			expectWords(cell, error, bank.merchant);
		});
	});
});

describe('the account', () => {
	it.concurrent.each(casesOf('account'))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const client = await prepared(bank, cell);

			const { word, error } = await outcomeOf(
				async () => await client.getAccount(bank.merchant, WAITS),
				({ params }) => (params.balance === bank.sandbox.balance(bank.merchant) ? 'balance' : `a balance of ${params.balance}`),
			);

			requireThatItHappened(bank);
			expect(word).toBe(cell.expected);
			expectWords(cell, error, bank.merchant);
		});
	});
});
