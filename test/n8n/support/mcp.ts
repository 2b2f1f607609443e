const PATIENCE = 60_000;

interface Answer {
	result?: unknown;
	error?: { message: string };
}

export interface McpTool {
	name: string;
	description: string;
	inputSchema: { properties: Record<string, { type: string; description?: string }>; required?: string[] };
}

/** Speaks the Model Context Protocol to n8n, as an AI agent elsewhere would. */
export class McpClient {
	#session: string | undefined;

	#id = 0;

	constructor(private readonly url: string) {}

	async initialize(): Promise<void> {
		await this.#call('initialize', { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'test', version: '1' } });
		await this.#post({ jsonrpc: '2.0', method: 'notifications/initialized' });
	}

	async tools(): Promise<McpTool[]> {
		return ((await this.#call('tools/list', {})) as { tools: McpTool[] }).tools;
	}

	/** The text that the agent gets to read. */
	async call(name: string, input: object): Promise<string> {
		const { content } = (await this.#call('tools/call', { name, arguments: input })) as { content: Array<{ text: string }> };
		return content.map(({ text }) => text).join('\n');
	}

	async #call(method: string, params: object): Promise<unknown> {
		this.#id += 1;
		const response = await this.#post({ jsonrpc: '2.0', id: this.#id, method, params });
		const { result, error } = answerIn(await response.text());
		if (error) throw new Error(`${method}: ${error.message}`);
		return result;
	}

	async #post(message: object): Promise<Response> {
		const response = await fetch(this.url, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json, text/event-stream',
				...(this.#session !== undefined && { 'mcp-session-id': this.#session }),
			},
			body: JSON.stringify(message),
			signal: AbortSignal.timeout(PATIENCE),
		});
		if (!response.ok) throw new Error(`n8n answered ${response.status}: ${await response.text()}`);
		this.#session ??= response.headers.get('mcp-session-id') ?? undefined;
		return response;
	}
}

/** An answer comes as JSON, or as the one event of a stream. */
function answerIn(text: string): Answer {
	const event = /^data: (?<json>.*)$/mu.exec(text)?.groups?.json;
	return JSON.parse(event ?? text) as Answer;
}
