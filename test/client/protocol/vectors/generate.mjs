/*
 * Makes vectors.json anew: `node test/client/protocol/vectors/generate.mjs`. Keys and signatures come from elliptic and jsrsasign, and the signed
 * strings are written out here field by field, so that nothing in the file depends on the code that is tested against it.
 */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import elliptic from 'elliptic';
import jsrsasign from 'jsrsasign';

const CURVE = 'secp256k1';
const curve = new elliptic.ec(CURVE);
const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest();

/** A key that anybody can make again from its name. */
function keyOf(name) {
	const pair = curve.keyFromPrivate(sha256(name));
	const privateKey = pair.getPrivate().toArrayLike(Buffer, 'be', 32);
	return {
		pair,
		privateKey: privateKey.toString('base64'),
		privateKeyHex: privateKey.toString('hex'),
		publicKey: Buffer.from(pair.getPublic(false, 'array')).toString('base64'),
	};
}

const client = keyOf('vectors: the client');
const server = keyOf('vectors: the server');

function signatures(key, signedString) {
	const hash = sha256(signedString);
	const signature = key.pair.sign(hash);
	const compact = Buffer.concat([signature.r, signature.s].map((number) => number.toArrayLike(Buffer, 'be', 32)));
	const byJsrsasign = new jsrsasign.KJUR.crypto.ECDSA({ curve: CURVE }).signHex(hash.toString('hex'), key.privateKeyHex);
	return {
		ellipticDer: Buffer.from(signature.toDER()).toString('base64'),
		ellipticCompact: compact.toString('base64'),
		ellipticWithHeader: Buffer.concat([Buffer.from([27 + signature.recoveryParam]), compact]).toString('base64'),
		jsrsasignDer: Buffer.from(byJsrsasign, 'hex').toString('base64'),
	};
}

const nonce = 1429815032196;
const C = client.publicKey;
const S = server.publicKey;

const operations = [
	{ operation: 'auth', signedString: 'AUTH' + C + '1429815032196' },
	{
		operation: 'transfer',
		params: { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'USD', amount: 1.0, narrative: 'Test API Transfer' },
		signedString: 'TRANSFER' + C + '1429815032196' + '9120000001' + '9120000002' + 'USD' + '1',
	},
	{
		operation: 'transfer',
		params: { accountNumber: '9120000001', beneficiary: '9120000002', currency: 'EUR', amount: 150.1, narrative: 'Grüße, 世界 🎉' },
		signedString: 'TRANSFER' + C + '1429815032196' + '9120000001' + '9120000002' + 'EUR' + '150.1',
	},
	{
		operation: 'statement',
		params: { accountNumber: '9120000001', accountId: '9120000001', limit: '10' },
		signedString: 'STATEMENT' + C + '1429815032196' + '9120000001',
	},
	{
		operation: 'account',
		params: { accountNumber: '9120000001' },
		signedString: 'ACCOUNT' + C + '1429815032196' + '9120000001',
	},
].map((vector) => ({ nonce, ...vector, signatures: signatures(client, vector.signedString) }));

const messages = [
	{
		type: 'transfer',
		params: {
			id: '4795',
			date: '2015-04-23',
			sendAccount: '9120000001',
			receiveAccount: '9120000002',
			sendCurrency: 'USD',
			receiveCurrency: 'EUR',
			sendAmount: '150.00',
			receiveAmount: '139.47',
			narrative: 'Test API Transfer #1',
		},
		signedString:
			'TRANSFER' + S + C + '1429815032196' +
			'4795' + '2015-04-23' + '9120000001' + '9120000002' + 'USD' + 'EUR' + '150.00' + '139.47' + 'Test API Transfer #1',
	},
	{
		type: 'transfer',
		params: {
			id: '100000000000000000001',
			date: '2024-02-29',
			sendAccount: '0000000001',
			receiveAccount: '9999999999',
			sendCurrency: 'JPY',
			receiveCurrency: 'JPY',
			sendAmount: '0.01',
			receiveAmount: '12345678901234.56',
			narrative: '5 Rechnungen für 世界 🎉\n',
		},
		signedString:
			'TRANSFER' + S + C + '1429815032196' +
			'100000000000000000001' + '2024-02-29' + '0000000001' + '9999999999' + 'JPY' + 'JPY' + '0.01' + '12345678901234.56' +
			'5 Rechnungen für 世界 🎉\n',
	},
	{
		type: 'account',
		params: { accountNumber: '9120000001', name: 'Current Account', currency: 'USD', balance: '100.00', available: '-12.50' },
		signedString: 'ACCOUNT' + S + '1429815032196' + C + '9120000001' + 'Current Account' + 'USD' + '100.00' + '-12.50',
	},
	{
		type: 'error',
		params: { nonce: '1429815032100', msg: 'Descriptive Error Message' },
		signedString: 'ERROR' + S + '1429815032196' + C + '1429815032100' + 'Descriptive Error Message',
	},
].map((vector) => ({ key: S, rcpt: C, nonce, ...vector, signatures: signatures(server, vector.signedString) }));

const describeKey = ({ privateKey, privateKeyHex, publicKey }) => ({ privateKey, privateKeyHex, publicKey });
const vectors = { client: describeKey(client), server: describeKey(server), operations, messages };
writeFileSync(new URL('vectors.json', import.meta.url), `${JSON.stringify(vectors, undefined, '\t')}\n`);
