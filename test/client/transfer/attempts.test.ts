import { type AttemptRecord, AttemptMemory, attemptMemory, type Claim } from '../../../client/transfer/attempts';
import { errorOf, freshKey } from '../clients';
import { PATIENT, World } from '../world';

/** The searches are proven complete, so that they need not wait for long quiet. */
const OPTIONS = { ...PATIENT, quietPeriod: 30 };

describe('the memory of attempts of a process', () => {
	const key = { accountNumber: '9120000001', reference: 'INV-1' };
	const never = { resendAfter: 0 };

	it('gives each attempt to whoever comes first, until it is taken back', async () => {
		const memory = new AttemptMemory(() => 0);
		expect(await memory.claim(key, never)).toBe('first');
		expect(await memory.confirm()).toBe(true);
		expect(await memory.claim(key, never)).toBe('attempted');
		await memory.release(key);
		expect(await memory.claim(key, never)).toBe('first');
	});

	it('knows accounts and references apart', async () => {
		const memory = new AttemptMemory(() => 0);
		const others = [{ ...key, accountNumber: '9120000002' }, { ...key, reference: 'INV-2' }, { ...key, reference: 'inv-1' }];
		for (const each of [key, ...others]) expect(await memory.claim(each, never)).toBe('first');
	});

	it('gives an attempt away again after so long, and counts from then on', async () => {
		let now = 0;
		const memory = new AttemptMemory(() => now);
		const after = { resendAfter: 1_000 };
		await memory.claim(key, after);
		now = 999;
		expect(await memory.claim(key, after)).toBe('attempted');
		now = 1_000;
		expect(await memory.claim(key, never)).toBe('attempted');
		expect(await memory.claim(key, after)).toBe('stale');
		now = 1_999;
		expect(await memory.claim(key, after)).toBe('attempted');
		now = 2_000;
		expect(await memory.claim(key, after)).toBe('stale');
	});

	it('is one for each key', () => {
		const [one, another] = [freshKey().publicKey, freshKey().publicKey];
		expect(attemptMemory(one, () => 0)).toBe(attemptMemory(one, () => 1));
		expect(attemptMemory(one, () => 0)).not.toBe(attemptMemory(another, () => 0));
	});
});

describe('a record of attempts that others see too', () => {
	let world: World;

	beforeEach(async () => {
		world = await World.begin();
	});

	afterEach(async () => await world.end());

	/** What a database would say, one way or another. */
	class ScriptedRecord implements AttemptRecord {
		readonly calls: string[] = [];

		answers: { claim: () => Claim; confirm: () => boolean } = { claim: () => 'first', confirm: () => true };

		async claim(): Promise<Claim> {
			this.calls.push('claim');
			return this.answers.claim();
		}

		async confirm(): Promise<boolean> {
			this.calls.push('confirm');
			return this.answers.confirm();
		}

		async release(): Promise<void> {
			this.calls.push('release');
		}
	}

	const invoice = (reference: string) => ({
		accountNumber: world.ours,
		beneficiary: world.theirs,
		currency: 'USD',
		amount: 10,
		narrative: 'Invoice',
		reference,
	});

	it('is asked before the search and again right before the sending', async () => {
		const attempts = new ScriptedRecord();
		world.sandbox.on('operation', ({ operation }) => attempts.calls.push(operation));
		await world.client.sendTransfer(invoice('SHARED-1'), { ...OPTIONS, attempts });
		expect(attempts.calls.filter((call) => call !== 'account')).toEqual(['claim', 'statement', 'confirm', 'transfer']);
	});

	it.each<[string, Partial<ScriptedRecord['answers']>]>([
		['the attempt is another’s', { claim: () => 'attempted' }],
		['another was faster at the same moment', { confirm: () => false }],
	])('keeps us from sending where %s, for as long as it says so', async (_name, answers) => {
		const attempts = new ScriptedRecord();
		attempts.answers = { ...attempts.answers, ...answers };
		const options = { ...OPTIONS, attempts };
		expect(await world.client.sendTransfer(invoice('SHARED-2'), options)).toMatchObject({ status: 'pending', alreadySent: true });
		expect(world.sent()).toEqual([]);
		// The other took its attempt back.
		attempts.answers = { claim: () => 'first', confirm: () => true };
		expect(await world.client.sendTransfer(invoice('SHARED-2'), options)).toMatchObject({ status: 'accepted' });
	});

	it.each<[string, Partial<ScriptedRecord['answers']>]>([
		['recorded', { claim: () => { throw new Error('the database is away'); } }],
		['confirmed', { confirm: () => { throw new Error('the database is away'); } }],
	])('keeps us from sending where the attempt cannot be %s, and says nothing of the database’s words', async (_name, answers) => {
		const attempts = new ScriptedRecord();
		attempts.answers = { ...attempts.answers, ...answers };
		const error = await errorOf(world.client.sendTransfer(invoice('SHARED-3'), { ...OPTIONS, attempts }));
		expect(error).toMatchObject({ name: 'NotSentError', outcome: 'notSent' });
		expect(error.message + error.description).not.toContain('away');
		expect(world.sent()).toEqual([]);
		expect(await world.client.sendTransfer(invoice('SHARED-3'), { ...OPTIONS, attempts: new ScriptedRecord() })).toMatchObject({ status: 'accepted' });
	});

	it('is told that a rejected attempt had no effect', async () => {
		const attempts = new ScriptedRecord();
		world.sandbox.faults.enable('refuse', { operation: 'transfer' });
		await errorOf(world.client.sendTransfer(invoice('SHARED-4'), { ...OPTIONS, attempts }));
		expect(attempts.calls).toEqual(['claim', 'confirm', 'release']);
	});

	it('keeps an attempt whose outcome is unknown', async () => {
		const attempts = new ScriptedRecord();
		world.sandbox.faults.enable('dropBeforeAck', { operation: 'transfer', times: 1 });
		await errorOf(world.client.sendTransfer(invoice('SHARED-5'), { ...OPTIONS, attempts, confirmationTimeout: 200 }));
		expect(attempts.calls).toEqual(['claim', 'confirm']);
	});
});
