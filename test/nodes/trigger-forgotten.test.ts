import { Cursors } from '../../nodes/CryptoCapitalTrigger/cursors';
import { customerUsd, merchantUsd, next, started, World } from './world';

const ACCOUNT = '9120000001';
const HOUR = 60 * 60_000;

/** n8n forgets a de-duplication key together with its execution: when it is pruned, or at once where successful executions are not saved. */
describe('when n8n has forgotten the executions', () => {
	let world: World;
	beforeEach(async () => {
		world = await World.open();
	});
	afterEach(async () => await world.close());

	const pay = (narrative: string) =>
		world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative });

	it('activating again repeats nothing, and brings what came meanwhile', async () => {
		const first = await world.activate();
		pay('one');
		await next(first.endedExecutions);
		await first.deactivate();
		await world.engine.forgetExecutions();
		pay('two');

		const again = await world.activate({}, { staticData: first.savedStaticData });
		await next(again.endedExecutions);

		expect(started(again.executions)).toEqual(['two']);
	});
});

describe('what was in flight when everything was saved last', () => {
	const saved = (since: number) => ({
		activatedAt: 1,
		accounts: { [ACCOUNT]: { floor: '10', done: '11', syncedUntil: 5 } },
		inFlight: ['12', 'failed 1400000000000'],
		inFlightSince: since,
	});

	it('is tried again soon after, under its own key', () => {
		const cursors = new Cursors(saved(0), HOUR - 1);
		expect(cursors.interrupted).toEqual(['12', 'failed 1400000000000']);
		expect(cursors.isNew('12', [ACCOUNT])).toBe(true);
	});

	it('is over after an hour, when n8n may have forgotten it', () => {
		const cursors = new Cursors(saved(0), HOUR + 1);
		expect(cursors.interrupted).toEqual([]);
		expect(cursors.isNew('12', [ACCOUNT])).toBe(false);
		expect(cursors.isNew('13', [ACCOUNT])).toBe(true);
	});
});
