import type { IncomingMessage, ServerResponse } from 'node:http';

import type { JsonObject } from '../../client/protocol/json';
import { readJson } from '../../client/protocol/json';

/** A request that cannot be answered as asked. The message is for whoever asked. */
export class HttpError extends Error {
	override readonly name = 'HttpError';

	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

const MAXIMUM_BODY_BYTES = 100_000;

/** The JSON object in a request's body. Other content types are refused: a form of another site cannot send this one unasked. */
export async function readBody(request: IncomingMessage): Promise<JsonObject> {
	if (!/^application\/json\b/u.test(request.headers['content-type'] ?? '')) {
		throw new HttpError(415, 'The body must be application/json');
	}
	const chunks: Buffer[] = [];
	let bytes = 0;
	for await (const chunk of request as AsyncIterable<Buffer>) {
		bytes += chunk.length;
		if (bytes > MAXIMUM_BODY_BYTES) throw new HttpError(413, 'The body is too long');
		chunks.push(chunk);
	}
	const body = readJson(Buffer.concat(chunks).toString('utf8'));
	if (!body) throw new HttpError(400, 'The body must be a JSON object');
	return body;
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
	response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
	response.end(JSON.stringify(value));
}

export function textField(body: JsonObject, field: string): string {
	const value = body[field];
	if (typeof value !== 'string') throw new HttpError(400, `${field} must be a text`);
	return value;
}

/** A text, or nothing where it is left out or empty, as a form leaves it. */
export function optionalTextField(body: JsonObject, field: string): string | undefined {
	return body[field] === undefined || body[field] === '' ? undefined : textField(body, field);
}
