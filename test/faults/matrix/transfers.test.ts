import type { CryptoCapitalClient } from '../../../client';
import { CryptoCapitalError } from '../../../client';
import type { Bank } from '../support/bank';
import type { Case } from './cases';
import { casesOf, isAboutConnections, requireThatItHappened, switchOn, WAITS, withBankFor } from './cases';
import type { Column } from './outcomes';

const REFERENCE = 'INV-7';
const QUICK = { ...WAITS, quietPeriod: 200 };

interface Sent {
	/** The item’s status or the error’s outcome. */
	readonly answer: string;
	readonly alreadySent: boolean;
	readonly error: CryptoCapitalError | undefined;
}

/** Sends what the column sends. */
async function send(client: CryptoCapitalClient, bank: Bank, column: Column): Promise<Sent> {
	const hasReference = column === 'transferWithReference' || column === 'referenceSearch';
	try {
		const { status, alreadySent, nonce, record } = await client.sendTransfer(
			{
				accountNumber: bank.merchant,
				beneficiary: bank.customer,
				currency: 'USD',
				amount: column === 'failingTransfer' ? '5000.00' : '20.00',
				narrative: 'Rent',
				...(hasReference && { reference: REFERENCE }),
			},
			{ ...QUICK, waitForConfirmation: column === 'confirmedTransfer' || column === 'failingTransfer' },
		);
		// Whoever says it was sent now names the operation, and whoever says it is in the ledger shows the record.
		expect(nonce !== undefined).toBe(!alreadySent);
		expect(record !== undefined).toBe(status === 'confirmed');
		if (record) expect(paymentsOf(bank, column).map(({ id }) => id)).toContain(record.params.id);
		return { answer: status, alreadySent, error: undefined };
	} catch (error) {
		if (!(error instanceof CryptoCapitalError)) throw error;
		expectWords(error, hasReference);
		return { answer: error.outcome, alreadySent: false, error };
	}
}

/** What the user reads must fit the outcome: it decides whether they send again. */
function expectWords({ outcome, message, description, details }: CryptoCapitalError, hasReference: boolean): void {
	switch (outcome) {
		case 'notSent':
			expect(description).toMatch(/Nothing was sent/u);
			return;
		case 'rejected':
			expect(message).toMatch(/^The transfer of \S+ USD from account \d{10} to \d{10} was rejected/u);
			expect(description).toMatch(/No money moved/u);
			return;
		case 'unknown':
			expect(message).toMatch(/^The transfer of \S+ USD from account \d{10} to \d{10} was sent \(nonce \d{13}\) and not answered/u);
			expect(description).toMatch(
				hasReference ? /Repeat it with the same reference INV-7/u : /Look at the account’s statement before you repeat it/u,
			);
			expect(details.nonce).toMatch(/^\d{13}$/u);
	}
}

/** What is in the ledger of the column’s payment. */
function paymentsOf(bank: Bank, column: Column) {
	const narrative = column === 'transferWithReference' || column === 'referenceSearch' ? `Rent [${REFERENCE}]` : 'Rent';
	const isPayment = (transaction: Bank['ledger'][number]) => transaction.narrative === narrative;
	// The one that was booked before, by somebody else, is not ours.
	return bank.ledger.filter(isPayment).slice(column === 'confirmedTransfer' ? 1 : 0);
}

/** Brings the client to where the fault is to happen, and switches it on. */
async function prepared(bank: Bank, cell: Case): Promise<CryptoCapitalClient> {
	const { column } = cell;
	if (column === 'confirmedTransfer') paidBefore(bank, 'Rent');
	if (column === 'referenceSearch') paidBefore(bank, `Rent [${REFERENCE}]`);
	const client = bank.client();
	if (!isAboutConnections(cell)) {
		await client.ready();
		if (column === 'failingTransfer') await failsOnce(client, bank);
	}
	switchOn(bank, cell);
	return client;
}

/** A payment that looks like the column’s own, made in the banking site. */
function paidBefore({ sandbox, merchant, customer }: Bank, narrative: string): void {
	sandbox.sendMoney({ from: merchant, to: customer, amount: '20.00', narrative });
}

/** An older error, for replays. */
async function failsOnce(client: CryptoCapitalClient, bank: Bank): Promise<void> {
	const { error } = await send(client, bank, 'failingTransfer');
	expect(error?.message).toMatch(/Insufficient funds/u);
}

/** How the ledger looks when the user is answered, and at the end. */
async function booked(bank: Bank, column: Column, isLate: boolean): Promise<string> {
	if (paymentsOf(bank, column).length > 0) return 'paid';
	if (!isLate) return 'unpaid';
	await bank.sandbox.next('settled', undefined, 20_000);
	return 'paid late';
}

/** Resolves when the client has a connection again: by itself, after one that never came about was given up. */
async function connected(client: CryptoCapitalClient): Promise<void> {
	const deadline = AbortSignal.timeout(60_000);
	for (;;) {
		try {
			await client.ready({ ackTimeout: 20_000, signal: deadline });
			return;
		} catch (error) {
			if (deadline.aborted) throw error;
		}
	}
}

describe.each(['transfer', 'confirmedTransfer', 'failingTransfer'] as const)('%s', (name) => {
	it.concurrent.each(casesOf(name))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const client = await prepared(bank, cell);

			const { answer, error } = await send(client, bank, name);

			expect(`${await booked(bank, name, cell.expected.startsWith('paid late'))}: ${answer}`).toBe(cell.expected);
			await bank.sandbox.idle();
			requireThatItHappened(bank);
			expect(paymentsOf(bank, name)).toHaveLength(cell.expected.startsWith('paid') ? 1 : 0);
			if (cell.says) expect(error?.message).toMatch(cell.says);
		});
	});
});

describe('transferWithReference', () => {
	it.concurrent.each(casesOf('transferWithReference'))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const client = await prepared(bank, cell);

			const first = await send(client, bank, 'transferWithReference');
			const before = paymentsOf(bank, 'transferWithReference').length;
			requireThatItHappened(bank);
			bank.sandbox.faults.clear();
			await connected(client);
			const second = await send(client, bank, 'transferWithReference');
			const isLate = cell.expected.startsWith('paid late');
			const ledger = isLate ? await booked(bank, 'transferWithReference', true) : before > 0 ? 'paid' : 'unpaid';

			const then = second.answer === 'confirmed' && second.alreadySent ? 'alreadySent' : second.alreadySent ? second.answer : 'paid';
			expect(`${ledger}: ${first.answer}, then ${then}`).toBe(cell.expected);
			expect(paymentsOf(bank, 'transferWithReference')).toHaveLength(/^paid|then paid$/u.test(cell.expected) ? 1 : 0);
			if (cell.says) expect(first.error?.message).toMatch(cell.says);
		});
	});
});

describe('referenceSearch', () => {
	it.concurrent.each(casesOf('referenceSearch'))('$title', async (cell) => {
		await withBankFor(cell, async (bank) => {
			const client = await prepared(bank, cell);

			const { answer, alreadySent, error } = await send(client, bank, 'referenceSearch');

			requireThatItHappened(bank);
			expect(alreadySent ? 'alreadySent' : answer === 'accepted' ? 'paid again' : answer).toBe(cell.expected);
			expect(paymentsOf(bank, 'referenceSearch')).toHaveLength(cell.expected === 'paid again' ? 2 : 1);
			if (cell.says) expect(error?.description).toMatch(cell.says);
		});
	});
});
