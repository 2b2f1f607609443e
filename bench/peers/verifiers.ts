import { createRequire } from 'node:module';
import { createHash, createPublicKey, verify } from 'node:crypto';

import { secp256k1 as noble } from '@noble/curves/secp256k1.js';
import { ec as EllipticCurve } from 'elliptic';
import jsrsasign from 'jsrsasign';

import { jwkOf } from '../messages';

const load = createRequire(__filename);

/** Verifies one signed string, the peer's own way. */
export type Verify = (signedString: string, signature: string) => Promise<boolean>;

export function bareCrypto(publicKey: string): Verify {
	const key = createPublicKey({ format: 'jwk', key: jwkOf(publicKey) });
	return async (signedString, signature) =>
		await new Promise((resolve, reject) => {
			verify('sha256', Buffer.from(signedString), key, Buffer.from(signature, 'base64'), (error, valid) =>
				error ? reject(error) : resolve(valid),
			);
		});
}

export function elliptic(publicKey: string): Verify {
	const key = new EllipticCurve('secp256k1').keyFromPublic(Buffer.from(publicKey, 'base64'));
	return async (signedString, signature) => key.verify(sha256(signedString), Buffer.from(signature, 'base64').toString('hex'));
}

/** The provider's own choice. */
export function jsrsasignPeer(publicKey: string): Verify {
	const key = Buffer.from(publicKey, 'base64').toString('hex');
	return async (signedString, signature) => {
		const verifier = new jsrsasign.KJUR.crypto.Signature({ alg: 'SHA256withECDSA' });
		verifier.init({ xy: key, curve: 'secp256k1' } as never);
		verifier.updateString(signedString);
		return verifier.verify(Buffer.from(signature, 'base64').toString('hex'));
	};
}

export function nobleCurves(publicKey: string): Verify {
	const key = Buffer.from(publicKey, 'base64');
	return async (signedString, signature) =>
		noble.verify(Buffer.from(signature, 'base64'), Buffer.from(signedString), key, { format: 'der', lowS: false });
}

interface NativeSecp256k1 {
	signatureImport(der: Uint8Array): Uint8Array;
	signatureNormalize(signature: Uint8Array): Uint8Array;
	ecdsaVerify(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** libsecp256k1, the practical limit. Undefined where this machine has not built it. */
export function nativeSecp256k1(publicKey: string): Verify | undefined {
	let library: NativeSecp256k1;
	try {
		library = load('secp256k1/bindings') as NativeSecp256k1;
	} catch {
		return undefined;
	}
	const key = Buffer.from(publicKey, 'base64');
	return async (signedString, signature) => {
		const imported = library.signatureNormalize(library.signatureImport(Buffer.from(signature, 'base64')));
		return library.ecdsaVerify(imported, sha256(signedString), key);
	};
}

function sha256(text: string): Buffer {
	return createHash('sha256').update(text).digest();
}
