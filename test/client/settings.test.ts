import { ValidationError } from '../../client/errors';
import { DOCUMENTED_SERVER_IDENTITY } from '../../client/protocol';
import { DOCUMENTED_SERVER_URL, readSettings, serverName } from '../../client/settings';
import { namedKey } from './keys';

const { privateKey, publicKey } = namedKey('settings');
const other = namedKey('somebody else');

function refusalOf(changes: Record<string, unknown>): ValidationError {
	try {
		// Users and programs without types put in anything.
		readSettings({ privateKey, ...changes });
	} catch (error) {
		if (error instanceof ValidationError) return error;
		throw error;
	}
	throw new Error('It was expected to be refused');
}

describe('readSettings', () => {
	it('needs a private key and nothing else', () => {
		const settings = readSettings({ privateKey });
		expect(settings).toMatchObject({ url: `${DOCUMENTED_SERVER_URL}/`, kind: 'socketIo' });
		expect(settings.signingKey.publicKey).toBe(publicKey);
		expect(settings.serverKey.publicKey).toBe(DOCUMENTED_SERVER_IDENTITY);
	});

	it('takes empty texts for what was left out', () => {
		const settings = readSettings({ privateKey, publicKey: ' ', serverPublicKey: '', serverUrl: ' ' });
		expect(settings).toMatchObject({ url: `${DOCUMENTED_SERVER_URL}/` });
		expect(settings.serverKey.publicKey).toBe(DOCUMENTED_SERVER_IDENTITY);
	});

	it.each([
		['https://bank.example', 'https://bank.example/'],
		['wss://bank.example/api/ws', 'wss://bank.example/api/ws'],
		[' https://bank.example:8443 ', 'https://bank.example:8443/'],
		['HTTPS://BANK.EXAMPLE', 'https://bank.example/'],
		['http://localhost:3000', 'http://localhost:3000/'],
		['ws://127.0.0.1:3000', 'ws://127.0.0.1:3000/'],
		['http://127.1.2.3', 'http://127.1.2.3/'],
		['http://[::1]:3000', 'http://[::1]:3000/'],
		['https://bank.example/#fragment', 'https://bank.example/'],
	])('takes the server URL %s', (serverUrl, url) => {
		expect(readSettings({ privateKey, serverUrl }).url).toBe(url);
	});

	it.each([
		['bank.example', 'The server URL is no http(s) or ws(s) address'],
		['https://', 'The server URL is no http(s) or ws(s) address'],
		['ftp://bank.example', 'The server URL is no http(s) or ws(s) address'],
		['file:///etc/hosts', 'The server URL is no http(s) or ws(s) address'],
		['javascript:alert(1)', 'The server URL is no http(s) or ws(s) address'],
		['http://bank.example', 'The server URL is not encrypted'],
		['ws://bank.example', 'The server URL is not encrypted'],
		['http://0.0.0.0', 'The server URL is not encrypted'],
		['http://192.168.1.1', 'The server URL is not encrypted'],
		['http://localhost.bank.example', 'The server URL is not encrypted'],
		['http://127.0.0.1.bank.example', 'The server URL is not encrypted'],
		['http://[::2]', 'The server URL is not encrypted'],
		['https://name:word@bank.example', 'The server URL contains a user name or password'],
		['https://name@bank.example', 'The server URL contains a user name or password'],
		['http://127.0.0.1@bank.example', 'The server URL contains a user name or password'],
	])('refuses the server URL %s', (serverUrl, message) => {
		expect(refusalOf({ serverUrl })).toMatchObject({ field: 'serverUrl', message });
	});

	it.each<[string, unknown, string]>([
		['privateKey', '', 'The private key is missing'],
		['privateKey', undefined, 'The private key is missing'],
		['privateKey', 'not a key', 'The private key is neither base64 nor 64 hex digits'],
		['privateKey', Buffer.alloc(16, 1).toString('base64'), 'The private key does not have 32 bytes'],
		['privateKey', publicKey, 'The private key does not have 32 bytes'],
		['privateKey', Buffer.alloc(32).toString('base64'), 'The private key is no valid number for the curve secp256k1'],
		['privateKey', Buffer.alloc(32, 0xff).toString('base64'), 'The private key is no valid number for the curve secp256k1'],
		['publicKey', other.publicKey, 'The public key does not belong to the private key'],
		['publicKey', 'not a key', 'The public key is not base64'],
		['publicKey', privateKey, 'The public key does not have 65 bytes starting with 04'],
		['publicKey', Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64'), 'The public key is no point of the curve secp256k1'],
		['publicKey', compressed(publicKey), 'The public key is in compressed form; the API uses the uncompressed form of 65 bytes'],
		['serverPublicKey', 'not a key', 'The server public key is not base64'],
		['serverPublicKey', compressed(other.publicKey), 'The server public key is in compressed form; the API uses the uncompressed form of 65 bytes'],
		['transport', 'carrierPigeon', 'The transport is neither "socketIo" nor "webSocket"'],
	])('refuses as %s: %p', (field, value, message) => {
		const error = refusalOf({ [field]: value });
		expect(error).toMatchObject({ field, message, outcome: 'notSent' });
		expect(error.description).toMatch(/^[A-Z].*\.$/u);
	});

	it('takes a pair that belongs together', () => {
		expect(readSettings({ privateKey, publicKey: ` ${publicKey}\n`, serverPublicKey: other.publicKey }).serverKey.publicKey).toBe(other.publicKey);
	});
});

describe('serverName', () => {
	it.each([
		['https://bank.example/api?token=1', 'https://bank.example'],
		['wss://bank.example:8443/ws', 'wss://bank.example:8443'],
		['http://127.0.0.1:3000/', 'http://127.0.0.1:3000'],
	])('shows of %s only where it is', (url, name) => {
		expect(serverName(url)).toBe(name);
	});
});

function compressed(key: string): string {
	const point = Buffer.from(key, 'base64');
	return Buffer.concat([Buffer.from([2 + ((point[64] ?? 0) & 1)]), point.subarray(1, 33)]).toString('base64');
}
