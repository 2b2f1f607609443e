import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Message {
	role: string;
	content: unknown;
}

interface ChatRequest {
	messages: Message[];
	tools?: Array<{ function: { name: string } }>;
}

/** A language model whose answers are known: asked for anything, it makes the next of its calls, and when it has none left it says what the last one gave. */
export class ScriptedModel {
	readonly #calls: Array<{ tool: RegExp; input: object }> = [];

	/** What the tools have answered, in order. */
	readonly heard: string[] = [];

	#count = 0;

	readonly #server = createServer((request, response) => {
		void this.#answer(request).then(
			(answer) => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)),
			(error: unknown) => response.writeHead(500).end(String(error)),
		);
	});

	static async start(): Promise<ScriptedModel> {
		const model = new ScriptedModel();
		model.#server.listen(0, '127.0.0.1');
		await once(model.#server, 'listening');
		return model;
	}

	/** As a credential has it. */
	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
	}

	/** What it will do when it is asked next. */
	willCall(tool: RegExp, input: object): void {
		this.#calls.push({ tool, input });
	}

	async close(): Promise<void> {
		this.#server.closeAllConnections();
		this.#server.close();
		await once(this.#server, 'close');
	}

	async #answer(request: IncomingMessage): Promise<object> {
		const { messages, tools = [] } = JSON.parse(await textOf(request)) as ChatRequest;
		const last = messages.at(-1);
		if (last?.role === 'tool') this.heard.push(JSON.stringify(last.content));
		const call = this.#calls.shift();
		const name = call && tools.find((tool) => call.tool.test(tool.function.name))?.function.name;
		if (call && name === undefined) throw new Error(`There is no tool like ${String(call.tool)}`);
		this.#count += 1;
		const toolCalls = call && [{ id: `call-${this.#count}`, type: 'function', function: { name, arguments: JSON.stringify(call.input) } }];
		const message = { role: 'assistant', content: toolCalls ? null : 'That is all.', ...(toolCalls && { tool_calls: toolCalls }) };
		return {
			id: `answer-${this.#count}`,
			object: 'chat.completion',
			created: 1,
			model: 'scripted',
			choices: [{ index: 0, message, finish_reason: toolCalls ? 'tool_calls' : 'stop' }],
			usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
		};
	}
}

async function textOf(request: IncomingMessage): Promise<string> {
	const parts: Buffer[] = [];
	for await (const part of request) parts.push(part as Buffer);
	return Buffer.concat(parts).toString('utf8');
}
