import type { Finding, Scale } from '../measure';
import { finding, latencies, median, scaled } from '../measure';
import { newParties, signedTransfers } from '../messages';
import { bareCrypto } from '../peers/verifiers';
import { client, orderedVerification } from '../product';

/** A burst, delivered in the pieces in which a socket hands it over: the loop must stay free for everything else. */
const PIECE = 100;

export async function eventLoop(scale: Scale): Promise<Finding[]> {
	const parties = newParties();
	const texts = await signedTransfers(scaled(10_000, scale), parties);
	const serverKey = client.readPublicKey(parties.serverPublicKey);
	if (!serverKey.ok) throw new Error('The benchmark made a key that cannot be used');
	const trust = { serverKey: serverKey.value, recipient: parties.publicKey };
	const verify = bareCrypto(parties.serverPublicKey);
	const stalls: number[] = [];
	const singles: number[] = [];
	for (let round = 0; round < Math.min(scale.rounds, 3); round += 1) {
		singles.push(
			median(await latencies(scaled(500, scale), async (index) => await verify(texts[index]?.signedString ?? '', texts[index]?.signature ?? ''))),
		);
		stalls.push(await longestStall(texts.map(({ payload }) => payload), trust));
	}
	return [
		finding(
			{
				what: 'Longest stall of the event loop in a burst of 10,000 messages',
				measure: 'milliseconds',
				peer: 'a single verification',
				target: { is: 'at most', value: 5 },
			},
			stalls,
			singles,
		),
	];
}

async function longestStall(
	payloads: readonly string[],
	trust: { serverKey: InstanceType<typeof client.VerifyingKey>; recipient: string },
): Promise<number> {
	let longest = 0;
	let measuring = true;
	let last = performance.now();
	const tick = () => {
		const now = performance.now();
		longest = Math.max(longest, now - last);
		last = now;
		if (measuring) setImmediate(tick);
	};
	global.gc?.();
	setImmediate(() => {
		last = performance.now();
		tick();
	});
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
				if (delivered === payloads.length) resolve();
			},
		);
		const push = (from: number) => {
			for (const payload of payloads.slice(from, from + PIECE)) verification.push('transfer', payload);
			if (from + PIECE < payloads.length) setImmediate(() => push(from + PIECE));
		};
		push(0);
	});
	measuring = false;
	return longest;
}
