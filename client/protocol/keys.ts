import type { KeyObject } from 'node:crypto';
import { createECDH, createPrivateKey, createPublicKey, ECDH, sign, verify } from 'node:crypto';

import { decodeBase64 } from './base64';
import type { Result } from './result';
import { failure, success } from './result';
import type { DecodedSignature } from './signature';
import { decodeSignature } from './signature';

/** The key that the provider documents for its own service. */
export const DOCUMENTED_SERVER_IDENTITY =
	'BLmiS8rOACxx3WQfZp/xXyeqjtyrJE6VhMN4gVtpu/RQioE38MXYWxlRF4ONIYI2l9npoSXK1gVcyoB2+VRima0=';

const CURVE = 'secp256k1';
const PRIVATE_KEY_BYTES = 32;
const PUBLIC_KEY_BYTES = 65;
const COMPRESSED_PUBLIC_KEY_BYTES = 33;
const HEX_PRIVATE_KEY = /^[0-9a-f]{64}$/iu;

export type PrivateKeyProblem = 'missing' | 'encoding' | 'length' | 'range';
export type PublicKeyProblem = 'missing' | 'encoding' | 'length' | 'compressed' | 'notOnCurve';

/** A key that can sign. The private half stays inside `node:crypto` and shows in no inspection, JSON or log of this object. */
export class SigningKey {
	/** Base64 of the 65 byte uncompressed public key: the `key` of every operation. */
	readonly publicKey: string;

	readonly #privateKey: KeyObject;

	constructor(privateKey: KeyObject, publicKey: string) {
		this.#privateKey = privateKey;
		this.publicKey = publicKey;
	}

	/** Signs the UTF-8 bytes of `text` (ECDSA over SHA-256) off the event loop. Resolves with base64 of DER. */
	async sign(text: string): Promise<string> {
		return await new Promise((resolve, reject) => {
			sign('sha256', Buffer.from(text, 'utf8'), this.#privateKey, (error, signature) => {
				if (error) reject(error);
				else resolve(signature.toString('base64'));
			});
		});
	}

	/** The same at once. It keeps the event loop for a fraction of a millisecond: for one signature, where none waits behind it. */
	signNow(text: string): string {
		return sign('sha256', Buffer.from(text, 'utf8'), this.#privateKey).toString('base64');
	}
}

/** A public key whose signatures can be checked. */
export class VerifyingKey {
	readonly publicKey: string;

	readonly #key: KeyObject;

	constructor(key: KeyObject, publicKey: string) {
		this.#key = key;
		this.publicKey = publicKey;
	}

	/**
	 * Checks a base64 signature in any of the three encodings over the UTF-8 bytes of `text`, off the event loop.
	 * Resolves with false for whatever is no valid signature; never rejects.
	 */
	async verify(text: string, signature: string): Promise<boolean> {
		const decoded = decodeSignature(signature);
		if (!decoded) return false;
		return await new Promise((resolve) => {
			verify('sha256', Buffer.from(text, 'utf8'), this.#keyFor(decoded), decoded.bytes, (error, valid) => {
				resolve(error === null && valid);
			});
		});
	}

	/** The same at once. It keeps the event loop for a fraction of a millisecond: for one signature, where none waits behind it. */
	verifyNow(text: string, signature: string): boolean {
		const decoded = decodeSignature(signature);
		if (!decoded) return false;
		try {
			return verify('sha256', Buffer.from(text, 'utf8'), this.#keyFor(decoded), decoded.bytes);
		} catch {
			return false;
		}
	}

	/** Nearly always DER, which is what a key alone stands for; saying so anew for every signature takes time. */
	#keyFor({ encoding }: DecodedSignature): KeyObject | { key: KeyObject; dsaEncoding: 'ieee-p1363' } {
		return encoding === 'der' ? this.#key : { key: this.#key, dsaEncoding: encoding };
	}
}

/** Reads base64 of 32 bytes, or 64 hex digits. Surrounding white space, as pasted text often has it, is dropped. */
export function readPrivateKey(text: string): Result<SigningKey, PrivateKeyProblem> {
	const trimmed = text.trim();
	if (trimmed === '') return failure('missing');
	const bytes = HEX_PRIVATE_KEY.test(trimmed) ? Buffer.from(trimmed, 'hex') : decodeBase64(trimmed);
	if (!bytes) return failure('encoding');
	if (bytes.length !== PRIVATE_KEY_BYTES) return failure('length');
	const pair = createECDH(CURVE);
	try {
		// Refuses 0 and everything from the order of the curve upwards.
		pair.setPrivateKey(bytes);
	} catch {
		return failure('range');
	}
	const point = pair.getPublicKey();
	const privateKey = createPrivateKey({
		format: 'jwk',
		key: { ...pointToJwk(point), d: bytes.toString('base64url') },
	});
	return success(new SigningKey(privateKey, point.toString('base64')));
}

/** Reads base64 of an uncompressed point (`0x04 ‖ x ‖ y`) that lies on the curve. */
export function readPublicKey(text: string): Result<VerifyingKey, PublicKeyProblem> {
	const trimmed = text.trim();
	if (trimmed === '') return failure('missing');
	const point = decodeBase64(trimmed);
	if (!point) return failure('encoding');
	if (point.length === COMPRESSED_PUBLIC_KEY_BYTES && (point[0] === 2 || point[0] === 3)) return failure('compressed');
	if (point.length !== PUBLIC_KEY_BYTES || point[0] !== 4) return failure('length');
	try {
		// Refuses coordinates that are no point of the curve; a JSON Web Key alone would be taken on trust.
		ECDH.convertKey(point, CURVE);
	} catch {
		return failure('notOnCurve');
	}
	const key = createPublicKey({ format: 'jwk', key: pointToJwk(point) });
	return success(new VerifyingKey(key, point.toString('base64')));
}

/** Makes a fresh key pair, both halves in base64 as the credential takes them. */
export function generateKeyPair(): { privateKey: string; publicKey: string } {
	const pair = createECDH(CURVE);
	const publicKey = pair.generateKeys('base64');
	// The number may be shorter than 32 bytes; the API's form is not.
	const privateKey = Buffer.concat([Buffer.alloc(PRIVATE_KEY_BYTES), pair.getPrivateKey()]).subarray(-PRIVATE_KEY_BYTES);
	return { privateKey: privateKey.toString('base64'), publicKey };
}

function pointToJwk(point: Buffer) {
	return {
		kty: 'EC',
		crv: CURVE,
		x: point.subarray(1, 33).toString('base64url'),
		y: point.subarray(33).toString('base64url'),
	};
}
