import fc from 'fast-check';
import { systemClock } from '../../../client/clock';
import { OrderedVerification } from '../../../client/session/ordered-verification';
import type { MessageProblem, Result, VerifiedMessage } from '../../../client/protocol';

type Verdict = Result<VerifiedMessage, MessageProblem>;

const REFUSED: Verdict = { ok: false, problem: 'signature' };

/** A verdict that shows which message it is about. */
function verdictOn(index: number): Verdict {
	return index % 3 === 0 ? { ok: false, problem: 'signature' } : { ok: true, value: { digest: String(index) } as VerifiedMessage };
}

describe('verification side by side', () => {
	it('delivers in the order of arrival, whichever is finished first', async () => {
		await fc.assert(
			fc.asyncProperty(fc.scheduler(), fc.integer({ min: 1, max: 40 }), async (scheduler, count) => {
				const delivered: Verdict[] = [];
				const verify = scheduler.scheduleFunction(async (_type: string, payload: unknown) => verdictOn(Number(payload)));
				const verification = new OrderedVerification(verify, (verdict) => delivered.push(verdict));
				for (let index = 0; index < count; index += 1) verification.push('transfer', String(index));
				while (verification.size > 0) await scheduler.waitNext(1);
				expect(delivered).toEqual(Array.from({ length: count }, (_, index) => verdictOn(index)));
				expect(verification.textLength).toBe(0);
			}),
		);
	});

	it('looks at eight at a time, and keeps the others as they came', async () => {
		const running: Array<(verdict: Verdict) => void> = [];
		const verification = new OrderedVerification(
			async () => await new Promise<Verdict>((resolve) => running.push(resolve)),
			() => undefined,
		);
		for (let index = 0; index < 20; index += 1) verification.push('transfer', 'x'.repeat(10));
		expect(running).toHaveLength(8);
		expect(verification.size).toBe(20);
		expect(verification.textLength).toBe(200);
		running[0]?.(REFUSED);
		await Promise.resolve();
		await Promise.resolve();
		expect(running).toHaveLength(9);
		expect(verification.size).toBe(19);
		expect(verification.textLength).toBe(190);
	});

	it('counts what came as an object too', () => {
		const verification = new OrderedVerification(async () => await new Promise<Verdict>(() => undefined), () => undefined);
		verification.push('transfer', { any: 'object' });
		expect(verification.textLength).toBeGreaterThan(0);
	});

	it('takes no other thread for a message that comes alone, and another one for all that come with it or soon after', async () => {
		let elapsed = 0;
		const atOnce: boolean[] = [];
		const verification = new OrderedVerification(
			async (_type, _payload, now) => {
				atOnce.push(now);
				return REFUSED;
			},
			() => undefined,
			{ ...systemClock, elapsed: () => elapsed },
		);
		const push = async (count: number) => {
			for (let index = 0; index < count; index += 1) verification.push('transfer', '');
			while (verification.size > 0) await Promise.resolve();
			return atOnce.splice(0);
		};

		expect(await push(3)).toEqual([true, false, false]);
		expect(await push(1)).toEqual([false]);
		elapsed += 1_000;
		expect(await push(1)).toEqual([true]);
	});

	it('goes on after a burst is over', async () => {
		const delivered: Verdict[] = [];
		const verification = new OrderedVerification(
			async () => REFUSED,
			(verdict) => delivered.push(verdict),
		);
		for (let burst = 0; burst < 3; burst += 1) {
			for (let index = 0; index < 20; index += 1) verification.push('transfer', '');
			while (verification.size > 0) await Promise.resolve();
		}
		expect(delivered).toHaveLength(60);
	});
});
