import { createHash } from 'node:crypto';
import type { ServerMessage, ServerMessageType, SigningKey, VerifyingKey } from '../../client/protocol';
import { messageSignedString, readPrivateKey, readPublicKey } from '../../client/protocol';

/** A key that is the same in every run, with both halves as the credential takes them. */
export interface NamedKey {
	readonly privateKey: string;
	readonly publicKey: string;
	readonly signing: SigningKey;
	readonly verifying: VerifyingKey;
}

export function namedKey(name: string): NamedKey {
	const privateKey = createHash('sha256').update(name).digest('base64');
	const signing = readPrivateKey(privateKey);
	if (!signing.ok) throw new Error(`No key can be made of the name ${name}`);
	const { publicKey } = signing.value;
	const verifying = readPublicKey(publicKey);
	if (!verifying.ok) throw new Error(`The key of ${name} is no point of the curve`);
	return { privateKey, publicKey, signing: signing.value, verifying: verifying.value };
}

export type UnsignedMessage<Type extends ServerMessageType = ServerMessageType> = Omit<
	Extract<ServerMessage, { type: Type }>,
	'signed'
>;

/** A message as it goes over the wire: the type travels beside it. */
export type WireMessage = Record<string, unknown>;

/** Signs a message as the server does. */
export async function signMessage(server: NamedKey, message: UnsignedMessage): Promise<WireMessage> {
	const { type: _type, ...wire } = message;
	return { ...wire, signed: await server.signing.sign(messageSignedString(message)) };
}
