import { TestClock } from '../../client/test-clock';
import { PATIENCE, TRANSPORTS, withBank } from '../support/bank';
import { Listening } from '../support/trigger';

const MINUTE = 60_000;

describe.each(TRANSPORTS)('an outage, over %s', (transport) => {
	it('is told to the user once it has lasted five minutes, once, and again when there is another one', async () => {
		await withBank(transport, async (bank) => {
			const clock = new TestClock();
			const listening = await Listening.to(bank, { clock, connections: bank.connections() });
			const { sandbox } = bank;
			try {
				for (const outages of [1, 2]) {
					const noticed = clock.timer(5 * MINUTE);
					await sandbox.stop();
					await noticed;
					clock.skip(4 * MINUTE);
					expect(listening.told).toHaveLength(outages - 1);
					clock.skip(MINUTE);
					clock.skip(60 * MINUTE);
					expect(listening.told).toHaveLength(outages);
					expect(listening.told.at(-1)).toMatch(/^The connection to \S+ was lost|^No Crypto Capital server answers at/u);

					const transfer = bank.receive('Meanwhile');
					await sandbox.start();
					await listening.handled(transfer);
				}

				expect(listening.started).toEqual(bank.ledger.map(({ id }) => id));
				expect(listening.log.filter(({ message }) => message.endsWith('is connected again'))).toHaveLength(2);
				// The workflow stayed active all the time.
				expect(listening.active.emittedErrors.all).toEqual([]);
			} finally {
				await listening.close();
			}
		});
	});

	it('that is shorter is told to nobody', async () => {
		await withBank(transport, async (bank) => {
			const clock = new TestClock();
			const listening = await Listening.to(bank, { clock, connections: bank.connections() });
			try {
				const noticed = clock.timer(5 * MINUTE);
				await bank.sandbox.stop();
				await noticed;
				clock.skip(4 * MINUTE);
				const authenticated = bank.sandbox.next('authenticated', undefined, PATIENCE);
				await bank.sandbox.start();
				await authenticated;
				await listening.settle();
				clock.skip(60 * MINUTE);

				expect(listening.told).toEqual([]);
			} finally {
				await listening.close();
			}
		});
	});
});

describe.each(TRANSPORTS)('statements that cannot be read although the connection stands, over %s', (transport) => {
	it('are told to the user once it has lasted five minutes, once, and nothing is lost', async () => {
		await withBank(transport, async (bank) => {
			const clock = new TestClock();
			const listening = await Listening.to(bank, { clock, connections: bank.connections() });
			const { sandbox } = bank;
			try {
				sandbox.faults.enable('refuse', { operation: 'statement', reason: 'No such account' });
				const refused = sandbox.next('err', ({ operation }) => operation === 'statement', PATIENCE);
				const missed = bank.receive('Meanwhile');
				sandbox.dropConnections();
				await refused;
				await clock.timer(5 * MINUTE);
				clock.skip(4 * MINUTE);
				expect(listening.told).toEqual([]);
				clock.skip(MINUTE);
				clock.skip(60 * MINUTE);
				expect(listening.told).toEqual([expect.stringMatching(/statement of account \d{10}.*No such account/u)]);

				sandbox.faults.clear();
				sandbox.dropConnections();
				await listening.handled(missed);
				expect(listening.log.filter(({ message }) => message.endsWith('has caught up again'))).toHaveLength(1);
				expect(listening.started).toEqual(bank.ledger.map(({ id }) => id));
			} finally {
				await listening.close();
			}
		});
	});
});
