import { TestClock } from '../../client/test-clock';
import type { Bank } from '../support/bank';
import { TRANSPORTS, withBank } from '../support/bank';

const HOUR = 3_600_000;

function transferOf(bank: Bank, narrative: string) {
	return { accountNumber: bank.merchant, beneficiary: bank.customer, currency: 'USD', amount: '1.00', narrative };
}

/** What another client of the key did: whatever is not higher than this nonce is refused now. */
function usedByAnotherClient({ sandbox, publicKey }: Bank, nonce: number): void {
	sandbox.office.nonces.use(publicKey, nonce);
}

const paid = (bank: Bank) => bank.ledger.map(({ narrative }) => narrative);

describe.each(TRANSPORTS)('over %s', (transport) => {
	it('a clock that is set back an hour changes nothing: the nonces go on', async () => {
		await withBank(transport, async (bank) => {
			const clock = new TestClock();
			const client = bank.client(bank.connectionsOn(clock));
			const before = await client.sendTransfer(transferOf(bank, 'Before'));

			clock.setBack(HOUR);
			const after = await client.sendTransfer(transferOf(bank, 'After'));
			bank.sandbox.dropConnections();
			const reconnected = await client.sendTransfer({ ...transferOf(bank, 'On the next connection'), reference: 'INV-1' });

			expect([before, after, reconnected].map(({ status }) => status)).toEqual(['accepted', 'accepted', 'accepted']);
			expect(paid(bank)).toEqual(['Before', 'After', 'On the next connection [INV-1]']);
			expect(bank.sandbox.counters.refusedNonces).toBe(0);
		});
	});

	it('a nonce that another client of the key has used up a moment ago is made up for', async () => {
		await withBank(transport, async (bank) => {
			const client = bank.client();
			await client.ready();
			usedByAnotherClient(bank, Date.now() + 50);

			const { status } = await client.sendTransfer(transferOf(bank, 'Rent'));

			expect(status).toBe('accepted');
			expect(paid(bank)).toEqual(['Rent']);
			expect(bank.sandbox.counters.refusedNonces).toBeGreaterThan(0);
		});
	});

	it('after a restart with a clock that is an hour late nothing is sent, and the user is pointed to the clock', async () => {
		await withBank(transport, async (bank) => {
			usedByAnotherClient(bank, Date.now() + HOUR);

			const sending = bank.client().sendTransfer(transferOf(bank, 'Rent'));

			await expect(sending).rejects.toMatchObject({
				name: 'AuthenticationError',
				outcome: 'notSent',
				message: expect.stringMatching(/nonce/iu),
				description: expect.stringMatching(/check that this machine’s clock is right/u),
			});
			expect(paid(bank)).toEqual([]);
		});
	});

	it('and the same where the other client’s nonce comes while the connection is up', async () => {
		await withBank(transport, async (bank) => {
			const client = bank.client();
			await client.ready();
			usedByAnotherClient(bank, Date.now() + HOUR);

			await expect(client.sendTransfer(transferOf(bank, 'Rent'))).rejects.toMatchObject({
				outcome: 'rejected',
				message: expect.stringMatching(/nonce/iu),
			});
			expect(paid(bank)).toEqual([]);
		});
	});
});
