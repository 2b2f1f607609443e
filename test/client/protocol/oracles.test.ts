import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { messageSignedString, readPrivateKey, readPublicKey } from '../../../client/protocol';
import { namedKey } from '../keys';
import { validMessages } from './arbitraries';

/**
 * How many random messages each oracle sees each way. jsrsasign takes about 0.2 s for one, and so three minutes for a thousand: here it looks at a
 * sample, and at as many as the others with `ORACLE_MESSAGES=1000 jest test/client/protocol/oracles`.
 */
const MESSAGES = { elliptic: 1_000, jsrsasign: Number(process.env.ORACLE_MESSAGES ?? 15) };
const KEYS = { elliptic: 200, jsrsasign: 10 };
const PATIENCE = 600_000;

type Library = keyof typeof MESSAGES;

interface Item {
	text: string;
	signature?: string;
}

/** Lets an oracle work in a thread of its own. */
async function ask<Answer>(library: Library, task: 'makeKeys' | 'sign' | 'verify', key: string, items: readonly Item[]): Promise<Answer[]> {
	const worker = new Worker(join(__dirname, 'oracle-worker.mjs'), { workerData: { library, task, key, items } });
	const [answers] = (await once(worker, 'message')) as [Answer[]];
	await worker.terminate();
	return answers;
}

const signer = namedKey('oracles');

/** Signed strings as they occur, and texts of any kind. */
function randomTexts(count: number): string[] {
	const signedStrings = validMessages(signer.publicKey, namedKey('recipient').publicKey).map(messageSignedString);
	return fc.sample(fc.oneof(signedStrings, fc.string({ unit: 'grapheme', maxLength: 300 })), count);
}

describe.each(Object.keys(MESSAGES) as Library[])('%s as an independent oracle', (library) => {
	it(
		'makes keys that are accepted, both halves',
		async () => {
			const items = Array.from({ length: KEYS[library] }, () => ({ text: '' }));
			for (const { privateKey, publicKey } of await ask<{ privateKey: string; publicKey: string }>(library, 'makeKeys', '', items)) {
				expect(readPrivateKey(privateKey)).toMatchObject({ ok: true, value: { publicKey } });
				expect(readPublicKey(publicKey)).toMatchObject({ ok: true, value: { publicKey } });
			}
		},
		PATIENCE,
	);

	it(
		'verifies what we sign, and refuses it for another text',
		async () => {
			const texts = randomTexts(MESSAGES[library]);
			const items = await Promise.all(texts.map(async (text) => ({ text, signature: await signer.signing.sign(text) })));
			const forged = items.slice(0, 5).map(({ text, signature }) => ({ text: `${text}!`, signature }));
			const verdicts = await ask<boolean>(library, 'verify', signer.publicKey, [...items, ...forged]);
			expect(verdicts).toEqual([...items.map(() => true), ...forged.map(() => false)]);
		},
		PATIENCE,
	);

	it(
		'signs what we verify, and what we refuse for another text',
		async () => {
			const texts = randomTexts(MESSAGES[library]);
			const signatures = await ask<string>(library, 'sign', signer.privateKey, texts.map((text) => ({ text })));
			const verify = async (suffix: string) =>
				await Promise.all(texts.map(async (text, index) => await signer.verifying.verify(text + suffix, signatures[index] ?? '')));
			expect(await verify('')).toEqual(texts.map(() => true));
			expect(await verify('!')).toEqual(texts.map(() => false));
		},
		PATIENCE,
	);
});
