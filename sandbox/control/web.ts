import { readFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join } from 'node:path';

import type { Sandbox } from '../sandbox';
import { answerControl } from './control-api';
import { isFromThisMachine } from './guard';
import { sendJson } from './http';

/** The page brings its own styles and its own script, and loads nothing from anywhere. */
const PAGE_HEADERS = {
	'content-type': 'text/html; charset=utf-8',
	'cache-control': 'no-store',
	'content-security-policy':
		"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'none'",
};

/** The page at `/` and the control API under `/control/`, for this machine only. */
export function webOf(sandbox: Sandbox): RequestListener {
	return (request, response) => {
		answer(sandbox, request, response).catch(() => {
			// The other side went away in the middle of its request; or something here is wrong, and it shall know that much.
			if (response.headersSent) response.destroy();
			else sendJson(response, 500, { message: 'The sandbox could not answer' });
		});
	};
}

async function answer(sandbox: Sandbox, request: IncomingMessage, response: ServerResponse): Promise<void> {
	if (!isFromThisMachine(request)) {
		sendJson(response, 403, { message: 'The page and the control API are for this machine only' });
		return;
	}
	const url = new URL(request.url ?? '/', 'http://localhost');
	if (url.pathname.startsWith('/control/')) {
		await answerControl(sandbox, request, response, url);
	} else if (url.pathname === '/' && request.method === 'GET') {
		response.writeHead(200, PAGE_HEADERS);
		response.end(readFileSync(join(__dirname, 'page.html')));
	} else {
		sendJson(response, 404, { message: 'There is nothing here' });
	}
}
