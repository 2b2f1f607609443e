import { closeSync, existsSync, openSync, readSync } from 'node:fs';

import type { Finding, Scale } from '../measure';
import { finding, latencies, median, perSecond, scaled } from '../measure';
import { newParties, signedTransfers } from '../messages';
import type { SignedText } from '../messages';
import { bareCrypto } from '../peers/verifiers';
import { client, orderedVerification } from '../product';

/** A burst, delivered in the pieces in which a socket hands it over: the loop must stay free for everything else. */
const PIECE = 100;
const CONCURRENCY = 8;
/** What the code does, it does in every burst; what happens in one of them only, the machine did. */
const BURSTS = 2;
/** How long this thread has waited for a processor, by Linux's own account: the second of three numbers, in nanoseconds. */
const SCHEDULE = '/proc/thread-self/schedstat';
const SPACE = 0x20;
const ZERO = 0x30;

export async function eventLoop(scale: Scale): Promise<Finding[]> {
	const parties = newParties();
	const texts = await signedTransfers(scaled(10_000, scale), parties);
	const serverKey = client.readPublicKey(parties.serverPublicKey);
	if (!serverKey.ok) throw new Error('The benchmark made a key that cannot be used');
	const trust = { serverKey: serverKey.value, recipient: parties.publicKey };
	const verify = bareCrypto(parties.serverPublicKey);
	const verified = async (index: number) => await verify(texts[index]?.signedString ?? '', texts[index]?.signature ?? '');
	const ours = async () => await accepted(texts, trust);
	const bare = async () => await perSecond(texts.length, CONCURRENCY, verified);

	const [stalls, bareStalls, singles]: [number[], number[], number[]] = [[], [], []];
	for (let round = 0; round < Math.min(scale.rounds, 3); round += 1) {
		const [own, others]: [number[], number[]] = [[], []];
		for (let burst = 0; burst < BURSTS; burst += 1) {
			own.push(await longestStall(ours));
			others.push(await longestStall(bare));
		}
		stalls.push(Math.min(...own));
		bareStalls.push(Math.min(...others));
		singles.push(median(await latencies(scaled(500, scale), verified)));
	}
	const row = { what: 'Longest stall of the event loop in a burst of 10,000 messages', measure: 'milliseconds' };
	return [
		finding({ ...row, peer: 'a single verification', target: { is: 'at most', value: 5 } }, stalls, singles),
		finding({ ...row, peer: 'the longest stall of crypto.verify alone, same burst and concurrency' }, stalls, bareStalls),
	];
}

/** Resolves when the burst was delivered, whole and in order. */
async function accepted(
	texts: readonly SignedText[],
	trust: { serverKey: InstanceType<typeof client.VerifyingKey>; recipient: string },
): Promise<void> {
	await new Promise<void>((resolve, reject) => {
		let delivered = 0;
		const verification = new orderedVerification.OrderedVerification(
			async (_type, payload) => await client.verifyServerMessage('transfer', payload, trust),
			(result) => {
				const expected = String(100_000 + delivered);
				delivered += 1;
				if (!result.ok || result.value.message.type !== 'transfer' || result.value.message.params.id !== expected) {
					reject(new Error('A message was out of order'));
				}
				if (delivered === texts.length) resolve();
			},
		);
		const push = (from: number) => {
			for (const { payload } of texts.slice(from, from + PIECE)) verification.push('transfer', payload);
			if (from + PIECE < texts.length) setImmediate(() => push(from + PIECE));
		};
		push(0);
	});
}

/**
 * The longest turn of the event loop during `work`, in milliseconds. The probe keeps the loop turning, and the threads that verify keep the other
 * processors busy, so the system takes the processor away from the loop now and then for milliseconds: where it says how long, that is not counted.
 */
async function longestStall(work: () => Promise<unknown>): Promise<number> {
	const schedule = existsSync(SCHEDULE) ? openSync(SCHEDULE, 'r') : undefined;
	const line = Buffer.alloc(80);
	const waited = (): number => {
		if (schedule === undefined) return 0;
		readSync(schedule, line, 0, line.length, 0);
		// Read digit by digit: texts would be garbage, and collecting it a stall of the probe's own making.
		let nanoseconds = 0;
		for (let at = line.indexOf(SPACE) + 1; line[at] !== SPACE; at += 1) nanoseconds = nanoseconds * 10 + (line[at] ?? ZERO) - ZERO;
		return nanoseconds / 1_000_000;
	};
	const now = () => performance.now() - waited();
	global.gc?.();
	let longest = 0;
	let measuring = true;
	let last = Infinity;
	const tick = () => {
		const time = now();
		longest = Math.max(longest, time - last);
		last = time;
		if (measuring) setImmediate(tick);
		else if (schedule !== undefined) closeSync(schedule);
	};
	setImmediate(tick);
	await work();
	measuring = false;
	return longest;
}
