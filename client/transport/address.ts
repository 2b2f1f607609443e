/** Where a transport connects to. `http` and `ws` name the same place, as `https` and `wss` do. */
export interface SocketIoAddress {
	/** `http(s)://host:port` */
	origin: string;
	path: string;
	query: Record<string, string>;
}

/** What errors may say of the server URL: neither its user information nor its query. */
export function serverOf(url: string): string {
	return new URL(url).origin;
}

/**
 * Socket.IO servers listen under `/socket.io`; a path in the URL is where such a server is mounted. (To Socket.IO's own clients a path
 * would be a namespace. The API has none.)
 */
export function socketIoAddress(url: string): SocketIoAddress {
	const parsed = httpUrl(url);
	const mount = parsed.pathname.replace(/\/+$/, '');
	return {
		origin: parsed.origin,
		path: mount.endsWith('/socket.io') ? mount : `${mount}/socket.io`,
		query: Object.fromEntries(parsed.searchParams),
	};
}

/** The API's WebSocket lives at `/ws`, where the URL names no other path. */
export function webSocketAddress(url: string): string {
	const parsed = httpUrl(url);
	if (parsed.pathname === '/') parsed.pathname = '/ws';
	return parsed.href.replace(/^http/, 'ws');
}

/** @returns the URL without user information and fragment, which neither `fetch` nor WebSocket accept */
export function httpUrl(url: string): URL {
	const parsed = new URL(url.replace(/^ws/i, 'http'));
	parsed.username = '';
	parsed.password = '';
	parsed.hash = '';
	return parsed;
}
