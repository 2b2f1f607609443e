import { eventually } from './eventually';
import type { Execution } from './executions';
import { executionsOf } from './executions';
import type { Instance } from './instance';
import type { NodeSettings } from './workflows';
import { ACTION, chain, createWorkflow, itemsOfRequest, node, publish } from './workflows';

export const NODE = 'Crypto Capital';

let count = 0;

/** A published workflow that runs the action node with the items of a request. */
export class ActionWorkflow {
	private constructor(
		private readonly instance: Instance,
		readonly id: string,
		private readonly path: string,
	) {}

	static async create(
		instance: Instance,
		credential: { id: string; name: string },
		parameters: Record<string, unknown>,
		settings: NodeSettings = {},
		responseMode: 'lastNode' | 'onReceived' = 'lastNode',
	): Promise<ActionWorkflow> {
		count += 1;
		const path = `action-${count}`;
		const action = node(NODE, ACTION, { credentials: { cryptoCapitalApi: credential }, parameters, ...settings });
		const id = await createWorkflow(instance.api, chain(path, ...itemsOfRequest(path, responseMode), action));
		await publish(instance.api, id);
		return new ActionWorkflow(instance, id, path);
	}

	/** Starts an execution, and resolves when n8n has answered the request, whatever it says. */
	async start(...items: object[]): Promise<void> {
		const answer = await fetch(`${this.instance.api.url}/webhook/${this.path}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ items }),
			signal: AbortSignal.timeout(90_000),
		});
		await answer.text();
	}

	/** Starts an execution and resolves with it when it has ended. */
	async run(...items: object[]): Promise<Execution> {
		const before = (await executionsOf(this.instance.api, this.id)).length;
		await this.start(...items);
		return await eventually('the execution to be saved', async () => {
			const execution = (await executionsOf(this.instance.api, this.id))[before];
			return execution && ['success', 'error', 'crashed', 'canceled'].includes(execution.status) && execution;
		});
	}
}
