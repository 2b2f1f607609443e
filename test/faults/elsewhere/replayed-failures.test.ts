import type { Bank } from '../support/bank';
import { PATIENCE, TRANSPORTS, withBank } from '../support/bank';
import { Listening } from '../support/trigger';

/** The bank acknowledges a transfer and then signs that it failed. @returns its nonce */
async function failingTransfer(bank: Bank): Promise<string> {
	const client = bank.client();
	const failed = bank.sandbox.next('failed', undefined, PATIENCE);
	await client.sendTransfer({
		accountNumber: bank.merchant,
		beneficiary: bank.customer,
		currency: 'USD',
		amount: '5000.00',
		narrative: 'Too much',
	});
	client.close();
	return String((await failed).nonce);
}

/** A failure has no transaction id and is in no statement: the memory of signed strings alone tells that it was told. */
it.each(TRANSPORTS)('a failure that is replayed starts no workflow, also after n8n has pruned its executions, over %s', async (transport) => {
	await withBank(transport, async (bank) => {
		const listening = await Listening.to(bank, undefined, ['failedTransfer']);
		const signal = AbortSignal.timeout(PATIENCE);
		try {
			const first = await failingTransfer(bank);
			await listening.active.nextExecution({ signal });
			await listening.engine.forgetExecutions();

			bank.sandbox.faults.enable('replayOld', { message: 'error', genuine: true });
			const second = await failingTransfer(bank);
			await listening.active.nextExecution({ signal });

			expect(bank.sandbox.faults.active[0]?.applied).toBe(1);
			expect(listening.active.executions.map(({ items }) => items[0]?.json.nonce)).toEqual([first, second]);
		} finally {
			await listening.close();
		}
	});
});
