import type { FaultName } from '../../../sandbox';
import { withBank } from '../support/bank';

/** A transfer that waits for its record reads the statement first. What becomes of the reading must not pass for what became of the money. */
describe('the statement before a transfer', () => {
	it.each<FaultName>(['loseAck', 'halfOpen', 'refuse', 'refuseWithoutReason', 'performLate', 'forgeSignature'])(
		'does not make it look sent where it meets %s',
		async (fault) => {
			await withBank('Socket.IO 4', async (bank) => {
				const client = bank.client();
				await client.ready();
				bank.sandbox.faults.enable(fault, { operation: 'statement' });

				const sending = client.sendTransfer(
					{ accountNumber: bank.merchant, beneficiary: bank.customer, currency: 'USD', amount: '1.00', narrative: 'Rent' },
					{ waitForConfirmation: true, ackTimeout: 1_000, responseTimeout: 1_000, quietPeriod: 100 },
				);

				await expect(sending).rejects.toMatchObject({
					outcome: 'notSent',
					message: expect.stringMatching(/^The transfer of 1\.00 USD from account \d{10} to \d{10} was not sent/u),
					description: expect.stringMatching(/^Nothing was sent: repeating is safe/u),
				});
				expect(bank.ledger).toEqual([]);
			});
		},
	);
});
