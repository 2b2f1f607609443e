import { decodeBase64 } from './base64';

export interface DecodedSignature {
	encoding: 'der' | 'ieee-p1363';
	bytes: Buffer;
}

/** base64 of 128 bytes: well over the longest signature, and short enough to cost nothing when garbage comes. */
const MAXIMUM_LENGTH = 172;
const COMPACT_BYTES = 64;
const FIRST_RECOVERY_HEADER = 27;
const LAST_RECOVERY_HEADER = 34;

/**
 * Decodes the three encodings of one ECDSA signature that section "Messages" of the protocol accepts: DER, 64 bytes `r ‖ s`, and 65 bytes
 * with a recovery header. Gives undefined for anything else.
 */
export function decodeSignature(signature: string): DecodedSignature | undefined {
	if (signature.length > MAXIMUM_LENGTH) return undefined;
	const bytes = decodeBase64(signature);
	if (!bytes) return undefined;
	// DER first: 64 bytes that form a complete DER structure by chance do not happen, a DER signature of 64 bytes may.
	if (isDer(bytes)) return { encoding: 'der', bytes };
	if (bytes.length === COMPACT_BYTES) return { encoding: 'ieee-p1363', bytes };
	const header = bytes[0];
	if (
		bytes.length === COMPACT_BYTES + 1 &&
		header !== undefined &&
		header >= FIRST_RECOVERY_HEADER &&
		header <= LAST_RECOVERY_HEADER
	) {
		return { encoding: 'ieee-p1363', bytes: bytes.subarray(1) };
	}
	return undefined;
}

/** Whether the bytes are exactly `SEQUENCE { INTEGER r, INTEGER s }` with short lengths. OpenSSL checks the integers themselves. */
function isDer(bytes: Buffer): boolean {
	if (bytes[0] !== 0x30 || bytes[1] !== bytes.length - 2) return false;
	const afterR = endOfInteger(bytes, 2);
	return afterR !== undefined && endOfInteger(bytes, afterR) === bytes.length;
}

function endOfInteger(bytes: Buffer, start: number): number | undefined {
	const length = bytes[start + 1];
	if (bytes[start] !== 0x02 || length === undefined || length === 0) return undefined;
	return start + 2 + length;
}
