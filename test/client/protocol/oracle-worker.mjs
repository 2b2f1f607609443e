/*
 * Makes keys, signs or verifies with a library that shares nothing with ours. In a thread of its own: inside Jest's sandbox these libraries, which reach for globals
 * in their innermost loops, take many times as long.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import elliptic from 'elliptic';
import jsrsasign from 'jsrsasign';

const hashOf = (text) => createHash('sha256').update(text, 'utf8').digest();

const ORACLES = {
	elliptic: () => {
		const curve = new elliptic.ec('secp256k1');
		return {
			keyPair: () => {
				const pair = curve.genKeyPair();
				const privateKey = pair.getPrivate().toArrayLike(Buffer, 'be', 32).toString('base64');
				return { privateKey, publicKey: Buffer.from(pair.getPublic(false, 'array')).toString('base64') };
			},
			signer: (privateKey) => {
				const key = curve.keyFromPrivate(Buffer.from(privateKey, 'base64'));
				return (text) => Buffer.from(key.sign(hashOf(text)).toDER());
			},
			verifier: (publicKey) => {
				const key = curve.keyFromPublic(Buffer.from(publicKey, 'base64'));
				key.getPublic().precompute();
				return (text, signature) => key.verify(hashOf(text), signature);
			},
		};
	},
	jsrsasign: () => {
		const curve = new jsrsasign.KJUR.crypto.ECDSA({ curve: 'secp256k1' });
		const hex = (base64) => Buffer.from(base64, 'base64').toString('hex');
		return {
			// As the provider's sample does it.
			keyPair: () => {
				const { ecprvhex, ecpubhex } = curve.generateKeyPairHex();
				const base64 = (text) => Buffer.from(text, 'hex').toString('base64');
				return { privateKey: base64(ecprvhex), publicKey: base64(ecpubhex) };
			},
			signer: (privateKey) => (text) => Buffer.from(curve.signHex(hashOf(text).toString('hex'), hex(privateKey)), 'hex'),
			verifier: (publicKey) => (text, signature) =>
				curve.verifyHex(hashOf(text).toString('hex'), signature.toString('hex'), hex(publicKey)),
		};
	},
};

const { library, task, key, items } = workerData;
const oracle = ORACLES[library]();
const answers = {
	makeKeys: () => items.map(() => oracle.keyPair()),
	sign: () => {
		const sign = oracle.signer(key);
		return items.map(({ text }) => sign(text).toString('base64'));
	},
	verify: () => {
		const verify = oracle.verifier(key);
		return items.map(({ text, signature }) => verify(text, Buffer.from(signature, 'base64')));
	},
};
parentPort.postMessage(answers[task]());
