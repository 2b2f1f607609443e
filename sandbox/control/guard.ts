import type { IncomingMessage } from 'node:http';

const LOOPBACK_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Whether a request comes from this machine's own user: from the page itself, or from a program that names a loopback address.
 * A web site in the user's browser must not be able to move the sandbox's money: a foreign origin is refused, and so is a host name that was made to
 * point here.
 */
export function isFromThisMachine(request: IncomingMessage): boolean {
	const { host, origin } = request.headers;
	if (host === undefined || !LOOPBACK_NAMES.includes(hostNameOf(`http://${host}`))) return false;
	return origin === undefined || hostOf(origin) === host;
}

function hostNameOf(url: string): string {
	return URL.canParse(url) ? new URL(url).hostname : '';
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : '';
}
