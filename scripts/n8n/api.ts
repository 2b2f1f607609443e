import { randomUUID } from 'node:crypto';

const PATIENCE = 30_000;

/** An answer of n8n that is no success. */
export class N8nApiError extends Error {
	constructor(
		readonly status: number,
		readonly body: string,
		where: string,
	) {
		super(`${where} answered ${status}: ${body.slice(0, 1_000)}`);
	}
}

export interface Owner {
	email: string;
	firstName: string;
	lastName: string;
	password: string;
}

/** n8n as its editor and as its public API see it. */
export class N8nApi {
	#cookie = '';

	#apiKey = '';

	/** What ties a session to a browser. */
	readonly browserId = randomUUID();

	constructor(readonly url: string) {}

	/** Sets up the first user of a fresh n8n, and signs in. */
	async setUpOwner(owner: Owner): Promise<void> {
		await this.#signIn('/rest/owner/setup', { ...owner });
	}

	/** The session, and the key of the public API, outlive a restart of n8n. */
	async signIn({ email, password }: Owner): Promise<void> {
		await this.#signIn('/rest/login', { emailOrLdapLoginId: email, password });
	}

	/** The editor's own interface. */
	async rest<Answer>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
		const answer = await this.#request(method, `/rest${path}`, body, { ...this.#session, ...headers });
		const parsed = (await answer.json()) as { data?: Answer };
		return parsed.data as Answer;
	}

	/** A file that the editor loads. */
	async file(path: string): Promise<Response> {
		return await this.#request('GET', path, undefined, this.#session);
	}

	/** The documented public API. */
	async v1<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
		const answer = await this.#request(method, `/api/v1${path}`, body, { 'x-n8n-api-key': this.#apiKey });
		return (await answer.json()) as Answer;
	}

	/** What a browser shows to be signed in, together with {@link browserId}. */
	get cookie(): string {
		return this.#cookie;
	}

	get #session(): Record<string, string> {
		return { cookie: this.#cookie, 'browser-id': this.browserId };
	}

	/** Signs in and makes a key for the public API. */
	async #signIn(path: string, body: object): Promise<void> {
		const answer = await this.#request('POST', path, body, { 'browser-id': this.browserId });
		const cookie = answer.headers.getSetCookie().find((text) => text.startsWith('n8n-auth='));
		if (cookie === undefined) throw new Error('n8n let nobody in');
		this.#cookie = cookie.split(';')[0] ?? '';
		const scopes = await this.rest<string[]>('GET', '/api-keys/scopes');
		const key = { label: `set-up ${this.browserId}`, scopes, expiresAt: null };
		const { rawApiKey } = await this.rest<{ rawApiKey: string }>('POST', '/api-keys', key);
		this.#apiKey = rawApiKey;
	}

	async #request(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Response> {
		const answer = await fetch(this.url + path, {
			method,
			headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
			...(body !== undefined && { body: JSON.stringify(body) }),
			signal: AbortSignal.timeout(PATIENCE),
		});
		if (!answer.ok) throw new N8nApiError(answer.status, await answer.text(), `${method} ${path}`);
		return answer;
	}
}
