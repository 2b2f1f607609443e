import { KEYUTIL, KJUR } from 'jsrsasign';

/** A certificate for 127.0.0.1 that no authority has signed, made anew so that no key lies in the repository. */
export function selfSignedCertificate(): { key: string; cert: string } {
	const { prvKeyObj, pubKeyObj } = KEYUTIL.generateKeypair('EC', 'secp256r1');
	const certificate = new KJUR.asn1.x509.Certificate({
		version: 3,
		serial: { int: 1 },
		issuer: { str: '/CN=127.0.0.1' },
		subject: { str: '/CN=127.0.0.1' },
		notbefore: '20200101000000Z',
		notafter: '20991231235959Z',
		sbjpubkey: pubKeyObj,
		ext: [],
		sigalg: 'SHA256withECDSA',
		cakey: prvKeyObj,
	});
	return { key: KEYUTIL.getPEM(prvKeyObj, 'PKCS8PRV'), cert: certificate.getPEM() };
}
