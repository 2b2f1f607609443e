const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

/** Decodes standard, padded base64. Where `Buffer.from` would skip what it does not know, this gives undefined. */
export function decodeBase64(text: string): Buffer | undefined {
	return BASE64.test(text) ? Buffer.from(text, 'base64') : undefined;
}
