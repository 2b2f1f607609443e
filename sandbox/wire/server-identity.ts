import type { ServerMessage, SigningKey } from '../../client/protocol';
import { messageSignedString } from '../../client/protocol';

/** A signed message as it goes over the wire. Not typed by kind, because faults put anything into it. */
export interface WireMessage {
	readonly key: string;
	/** A number, as the API has it; text only in a forgery that no number can carry. */
	readonly nonce: number | string;
	readonly rcpt: string;
	readonly params: Readonly<Record<string, string>>;
	readonly signed: string;
}

export type UnsignedMessage<Message extends ServerMessage = ServerMessage> = Message extends ServerMessage
	? Pick<Message, 'type' | 'rcpt' | 'params'>
	: never;

/** The key that this bank signs with, and the nonces of what it signs: 13 digit milliseconds that only grow. */
export class ServerIdentity {
	readonly #signingKey: SigningKey;

	readonly #clock: () => number;

	#lastNonce = 0;

	constructor(signingKey: SigningKey, clock: () => number) {
		this.#signingKey = signingKey;
		this.#clock = clock;
	}

	get publicKey(): string {
		return this.#signingKey.publicKey;
	}

	/** The nonce is taken at the call, so messages keep the order in which signing was asked for. */
	async sign(message: UnsignedMessage): Promise<WireMessage> {
		this.#lastNonce = Math.max(this.#lastNonce + 1, this.#clock());
		return await signAs(this.#signingKey, { ...message, nonce: String(this.#lastNonce) });
	}

	/** Signs a message exactly as given, its nonce too. What faults are made with: everything in it may be wrong. */
	async signAsGiven(message: UnsignedMessage & { nonce: string }): Promise<WireMessage> {
		return await signAs(this.#signingKey, message);
	}
}

/** Signs with any key, and names that key as the server's. */
export async function signAs(
	signingKey: SigningKey,
	message: UnsignedMessage & { nonce: string },
): Promise<WireMessage> {
	const { type, rcpt, params, nonce } = message;
	const key = signingKey.publicKey;
	const signed = await signingKey.sign(messageSignedString({ type, key, nonce, rcpt, params }));
	return { key, nonce: Number(nonce), rcpt, params: { ...params }, signed };
}
