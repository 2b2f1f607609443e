import { generateKeyPairSync, sign } from 'node:crypto';

/** DER: a tag, a length and the content. Nothing here is longer than two bytes of length can say. */
function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	const length =
		content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
	return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;

/** A certificate for 127.0.0.1 that no authority has signed, made anew so that no key lies in the repository. */
export function selfSignedCertificate(): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
	const ecdsaWithSha256 = der(SEQUENCE, der(OBJECT_IDENTIFIER, Buffer.from('2a8648ce3d040302', 'hex')));
	const commonName = der(OBJECT_IDENTIFIER, Buffer.from('550403', 'hex'));
	const name = der(SEQUENCE, der(SET, der(SEQUENCE, commonName, der(UTF8_STRING, Buffer.from('127.0.0.1')))));
	const validity = der(
		SEQUENCE,
		der(GENERALIZED_TIME, Buffer.from('20200101000000Z')),
		der(GENERALIZED_TIME, Buffer.from('20991231235959Z')),
	);
	const content = der(
		SEQUENCE,
		der(INTEGER, Buffer.from([1])),
		ecdsaWithSha256,
		name,
		validity,
		name,
		publicKey.export({ format: 'der', type: 'spki' }),
	);
	const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, privateKey));
	const certificate = der(SEQUENCE, content, ecdsaWithSha256, signature).toString('base64');
	return {
		key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${certificate.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
	};
}
