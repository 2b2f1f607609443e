import type { RequestListener } from 'node:http';

import type { Sandbox } from '../sandbox';

export function webOf(_sandbox: Sandbox): RequestListener {
	return (_request, response) => response.writeHead(404).end();
}
