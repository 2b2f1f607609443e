/** What a server sends and signs (section "Messages"). Field names are the wire's. */
export interface TransferRecord {
	id: string;
	date: string;
	sendAccount: string;
	receiveAccount: string;
	sendCurrency: string;
	receiveCurrency: string;
	sendAmount: string;
	receiveAmount: string;
	narrative: string;
}

export interface AccountRecord {
	accountNumber: string;
	name: string;
	currency: string;
	balance: string;
	available: string;
}

/** A transfer of ours that the server accepted and then could not do. */
export interface TransferFailure {
	/** The nonce of the failed transfer operation. */
	nonce: string;
	msg: string;
}

interface SignedMessage<Type extends string, Params> {
	readonly type: Type;
	/** The server's public key. */
	readonly key: string;
	readonly nonce: string;
	/** The public key that the message is addressed to. */
	readonly rcpt: string;
	readonly params: Readonly<Params>;
	readonly signed: string;
}

export type TransferMessage = SignedMessage<'transfer', TransferRecord>;
export type AccountMessage = SignedMessage<'account', AccountRecord>;
export type ErrorMessage = SignedMessage<'error', TransferFailure>;
export type ServerMessage = TransferMessage | AccountMessage | ErrorMessage;
export type ServerMessageType = ServerMessage['type'];

/** The params of each message in the order in which they are signed. */
export const MESSAGE_FIELDS = {
	transfer: [
		'id',
		'date',
		'sendAccount',
		'receiveAccount',
		'sendCurrency',
		'receiveCurrency',
		'sendAmount',
		'receiveAmount',
		'narrative',
	],
	account: ['accountNumber', 'name', 'currency', 'balance', 'available'],
	error: ['nonce', 'msg'],
} as const satisfies {
	transfer: ReadonlyArray<keyof TransferRecord>;
	account: ReadonlyArray<keyof AccountRecord>;
	error: ReadonlyArray<keyof TransferFailure>;
};

export function isServerMessageType(type: string): type is ServerMessageType {
	return Object.hasOwn(MESSAGE_FIELDS, type);
}

/** The string that the server signs. Mind that `rcpt` comes before `nonce` in `transfer` and after it in the other two. */
export function messageSignedString(message: Omit<ServerMessage, 'signed'>): string {
	const { type, key, nonce, rcpt } = message;
	const params = message.params as Readonly<Record<string, string>>;
	const head = type === 'transfer' ? key + rcpt + nonce : key + nonce + rcpt;
	return type.toUpperCase() + head + MESSAGE_FIELDS[type].map((field) => params[field]).join('');
}
