import { createPrivateKey, sign } from 'node:crypto';

import type { TransferRecord } from '../client';
import { client } from './product';

/** The parties of every benchmark. The keys are made anew in each run and passed on to the processes of that run. */
export interface Parties {
	serverPrivateKey: string;
	serverPublicKey: string;
	privateKey: string;
	publicKey: string;
}

export function newParties(): Parties {
	const server = client.generateKeyPair();
	const own = client.generateKeyPair();
	return {
		serverPrivateKey: server.privateKey,
		serverPublicKey: server.publicKey,
		privateKey: own.privateKey,
		publicKey: own.publicKey,
	};
}

export const ACCOUNT = '9120000001';
export const COUNTERPARTY = '9120000002';
const FIRST_ID = 100_000;

export function transferRecord(index: number): TransferRecord {
	return {
		id: String(FIRST_ID + index),
		date: '2024-05-31',
		sendAccount: COUNTERPARTY,
		receiveAccount: ACCOUNT,
		sendCurrency: 'USD',
		receiveCurrency: 'USD',
		sendAmount: `${100 + (index % 900)}.25`,
		receiveAmount: `${100 + (index % 900)}.25`,
		narrative: `Invoice 2024-${index}`,
	};
}

export interface SignedText {
	/** The message as it comes from the socket. */
	payload: string;
	signedString: string;
	/** Base64 of DER. */
	signature: string;
}

/** Signed announcements of incoming transfers, as the server would send them. */
export async function signedTransfers(count: number, parties: Parties, first = 0): Promise<SignedText[]> {
	const key = client.readPrivateKey(parties.serverPrivateKey);
	if (!key.ok) throw new Error('The benchmark made a key that cannot be used');
	const signedTexts: SignedText[] = [];
	const nonce = Date.now();
	for (let begun = 0; begun < count; begun += 64) {
		const batch = Array.from({ length: Math.min(64, count - begun) }, async (_, offset) => {
			const index = first + begun + offset;
			const message = {
				type: 'transfer' as const,
				key: parties.serverPublicKey,
				nonce: String(nonce + index),
				rcpt: parties.publicKey,
				params: transferRecord(index),
			};
			const signedString = client.messageSignedString(message);
			const signature = await key.value.sign(signedString);
			const { type: _type, ...fields } = message;
			return {
				payload: JSON.stringify({ ...fields, nonce: nonce + index, signed: signature }),
				signedString,
				signature,
			};
		});
		signedTexts.push(...(await Promise.all(batch)));
	}
	return signedTexts;
}

/** A public key as `node:crypto` takes it. */
export function jwkOf(publicKey: string) {
	const point = Buffer.from(publicKey, 'base64');
	const [x, y] = [point.subarray(1, 33), point.subarray(33)];
	return { kty: 'EC', crv: 'secp256k1', x: x.toString('base64url'), y: y.toString('base64url') };
}

/** Signs as the shortest program would: synchronously, with `node:crypto` and nothing else. */
export function bareSigner(privateKey: string, publicKey: string): (text: string) => string {
	const key = createPrivateKey({
		format: 'jwk',
		key: { ...jwkOf(publicKey), d: Buffer.from(privateKey, 'base64').toString('base64url') },
	});
	return (text) => sign('sha256', Buffer.from(text, 'utf8'), key).toString('base64');
}
