import { ValidationError } from './errors';
import type { PrivateKeyProblem, PublicKeyProblem, SigningKey, VerifyingKey } from './protocol';
import { DOCUMENTED_SERVER_IDENTITY, readPrivateKey, readPublicKey } from './protocol';
import type { TransportKind } from './transport/transport';

export const DOCUMENTED_SERVER_URL = 'https://api.cryptocapital.co';

/** What a user enters. Empty texts count as left out. */
export interface ClientSettings {
	/** `http(s)` or `ws(s)`; without TLS only for a loopback address. Default: the documented address. */
	serverUrl?: string;
	/** Default: `socketIo`. */
	transport?: TransportKind;
	/** Base64 of 32 bytes, or 64 hex digits. */
	privateKey: string;
	/** Base64 of 65 bytes. Derived from the private key where left out, and checked against it where given. */
	publicKey?: string;
	/** Whose signature is trusted. Default: the documented key. */
	serverPublicKey?: string;
}

/** Settings that were found to be usable. */
export interface ConnectionSettings {
	readonly url: string;
	readonly kind: TransportKind;
	readonly signingKey: SigningKey;
	readonly serverKey: VerifyingKey;
}

const PRIVATE_KEY_WORDS: Readonly<Record<PrivateKeyProblem, string>> = {
	missing: 'The private key is missing',
	encoding: 'The private key is neither base64 nor 64 hex digits',
	length: 'The private key does not have 32 bytes',
	range: 'The private key is no valid number for the curve secp256k1',
};

const PUBLIC_KEY_WORDS: Readonly<Record<PublicKeyProblem, string>> = {
	missing: 'is missing',
	encoding: 'is not base64',
	length: 'does not have 65 bytes starting with 04',
	compressed: 'is in compressed form; the API uses the uncompressed form of 65 bytes',
	notOnCurve: 'is no point of the curve secp256k1',
};

const LOOPBACK_HOST = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/u;

/**
 * Checks settings without any I/O.
 * @throws ValidationError naming the first field that cannot be right. The private key itself is in no message.
 */
export function readSettings(settings: ClientSettings): ConnectionSettings {
	const url = readServerUrl(textOr(settings.serverUrl, DOCUMENTED_SERVER_URL));
	const kind: string = settings.transport ?? 'socketIo';
	if (kind !== 'socketIo' && kind !== 'webSocket') {
		throw new ValidationError('transport', 'The transport is neither "socketIo" nor "webSocket"', 'Choose one of the two.');
	}
	const signingKey = readPrivateKey(textOr(settings.privateKey, ''));
	if (!signingKey.ok) {
		throw new ValidationError(
			'privateKey',
			PRIVATE_KEY_WORDS[signingKey.problem],
			'Enter the private key as base64 of 32 bytes, as it was made together with the public key.',
		);
	}
	if (settings.publicKey?.trim()) {
		const given = readPublicKeyField('publicKey', 'The public key', settings.publicKey);
		if (given.publicKey !== signingKey.value.publicKey) {
			throw new ValidationError(
				'publicKey',
				'The public key does not belong to the private key',
				'Enter the two halves of one key pair, or leave the public key empty: it is derived from the private key.',
			);
		}
	}
	const serverKey = readPublicKeyField(
		'serverPublicKey',
		'The server public key',
		textOr(settings.serverPublicKey, DOCUMENTED_SERVER_IDENTITY),
	);
	return { url, kind, signingKey: signingKey.value, serverKey };
}

/** Settings come from forms and from programs without types: an empty text and a missing one mean the same. */
function textOr(text: string | undefined, otherwise: string): string {
	return text === undefined || text.trim() === '' ? otherwise : text;
}

function readPublicKeyField(field: string, name: string, text: string): VerifyingKey {
	const key = readPublicKey(text);
	if (key.ok) return key.value;
	throw new ValidationError(
		field,
		`${name} ${PUBLIC_KEY_WORDS[key.problem]}`,
		'Enter base64 of the 65 byte uncompressed public key.',
	);
}

function readServerUrl(text: string): string {
	const hint = 'Enter an address such as https://api.cryptocapital.co.';
	const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
	if (!url || !['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) || url.hostname === '') {
		throw new ValidationError('serverUrl', 'The server URL is no http(s) or ws(s) address', hint);
	}
	if (url.username !== '' || url.password !== '') {
		throw new ValidationError('serverUrl', 'The server URL contains a user name or password', hint);
	}
	const encrypted = url.protocol === 'https:' || url.protocol === 'wss:';
	if (!encrypted && !LOOPBACK_HOST.test(url.hostname)) {
		throw new ValidationError(
			'serverUrl',
			'The server URL is not encrypted',
			'Use https or wss. Without encryption anybody on the way could change a transfer’s narrative; it is only allowed for servers on this machine.',
		);
	}
	url.hash = '';
	return url.href;
}

/** The part of a server URL that may be shown: no path, no query. */
export function serverName(url: string): string {
	return new URL(url).origin === 'null' ? new URL(url).host : new URL(url).origin;
}
