import type { Finding, Scale } from '../measure';
import { finding, perSecond, scaled } from '../measure';
import { newParties, signedTransfers } from '../messages';
import type { Verify } from '../peers/verifiers';
import { bareCrypto, elliptic, jsrsasignPeer, nativeSecp256k1, nobleCurves } from '../peers/verifiers';
import { client, orderedVerification, triggerModules } from '../product';

const WHAT = 'Messages accepted a second, whole way in';
const CONCURRENCY = 8;

/** Parse, canonical form, signature, new?, event: everything between the socket and the queue of a trigger. */
export async function acceptMessages(scale: Scale): Promise<Finding[]> {
	const parties = newParties();
	const texts = await signedTransfers(scaled(4_000, scale), parties);
	const serverKey = client.readPublicKey(parties.serverPublicKey);
	if (!serverKey.ok) throw new Error('The benchmark made a key that cannot be used');

	const wholeWay = async (): Promise<number> => {
		const trust = { serverKey: serverKey.value, recipient: parties.publicKey };
		const cursors = new triggerModules.cursors.Cursors({}, Date.now());
		cursors.begin('9120000001', '0', 0);
		const digests = new client.BoundedSet<string>(10_000);
		const settings = triggerSettings();
		let accepted = 0;
		const begun = performance.now();
		await new Promise<void>((resolve) => {
			const verification = new orderedVerification.OrderedVerification(
				async (_type, payload) => await client.verifyServerMessage('transfer', payload, trust),
				(result) => {
					if (!result.ok || !digests.add(result.value.digest)) throw new Error('A genuine message was not accepted');
					const { message } = result.value;
					if (message.type !== 'transfer') return;
					const { id } = message.params;
					if (!cursors.isNew(id, ['9120000001'])) throw new Error('A new message was taken for an old one');
					if (!triggerModules.events.eventOf(message, settings)) throw new Error('A transfer was no event');
					cursors.setDone(id, ['9120000001']);
					accepted += 1;
					if (accepted === texts.length) resolve();
				},
			);
			for (const { payload } of texts) verification.push('transfer', payload);
		});
		return texts.length / ((performance.now() - begun) / 1_000);
	};

	const peers: Array<{ name: string; verify: Verify | undefined; times: number; target?: Finding['target'] }> = [
		{
			name: 'crypto.verify alone, asynchronous, same concurrency',
			verify: bareCrypto(parties.serverPublicKey),
			times: texts.length,
			target: { is: 'at least', value: 0.85 },
		},
		{
			name: 'elliptic, verification alone',
			verify: elliptic(parties.serverPublicKey),
			times: scaled(400, scale),
			target: { is: 'at least', value: 5 },
		},
		{
			name: 'jsrsasign, verification alone',
			verify: jsrsasignPeer(parties.serverPublicKey),
			times: Math.max(3, Math.round(20 / scale.divisor)),
			target: { is: 'at least', value: 100 },
		},
		{ name: '@noble/curves, verification alone', verify: nobleCurves(parties.serverPublicKey), times: scaled(400, scale) },
		{
			name: 'libsecp256k1, verification alone',
			verify: nativeSecp256k1(parties.serverPublicKey),
			times: scaled(4_000, scale),
		},
	];
	const ours: number[] = [];
	const theirs = peers.map((): number[] => []);
	await wholeWay();
	for (let round = 0; round < scale.rounds; round += 1) {
		ours.push(await wholeWay());
		for (const [index, { verify, times }] of peers.entries()) {
			if (!verify) continue;
			const rate = await perSecond(times, CONCURRENCY, async (message) => {
				const text = texts[message % texts.length];
				if (!text || !(await verify(text.signedString, text.signature))) throw new Error('A peer refused a genuine message');
			});
			theirs[index]?.push(rate);
		}
	}
	return peers.flatMap(({ name, verify, target }, index) =>
		verify
			? [finding({ what: WHAT, measure: 'messages a second', peer: name, ...(target && { target }) }, ours, theirs[index] ?? [])]
			: [],
	);
}

export function triggerSettings() {
	return {
		events: ['incomingTransfer'],
		accountNumbers: ['9120000001'],
		catchUp: true,
		historySince: undefined,
		currencies: [],
		minimumMinorUnits: 0n,
		batch: false,
		includeProof: false,
		executionTimeout: 600_000,
	} as const;
}
