import type { Sandbox } from '../../../sandbox';
import { eventually } from './eventually';
import type { Execution } from './executions';
import { executionsOf, statusesOf } from './executions';
import type { Instance } from './instance';
import type { WorkflowDefinition, WorkflowNode } from './workflows';
import { chain, createWorkflow, node, publish, TRIGGER } from './workflows';

const TRIGGER_NAME = 'Money came in';

interface Saved {
	json: { id?: string; event?: string; redelivered?: boolean };
}

/** A workflow that the trigger starts. */
export class TriggerWorkflow {
	private constructor(
		readonly instance: Instance,
		readonly id: string,
	) {}

	static definition(
		credential: { id: string; name: string },
		parameters: Record<string, unknown>,
		settings: Record<string, unknown> = {},
		next = node('Book it', 'n8n-nodes-base.noOp'),
	): WorkflowDefinition {
		const trigger = node(TRIGGER_NAME, TRIGGER, { parameters: { events: ['incomingTransfer'], options: {}, ...parameters }, credentials: { cryptoCapitalApi: credential } });
		const workflow = chain('On a transfer', trigger, next);
		return { ...workflow, settings: { ...workflow.settings, ...settings } };
	}

	/** Saves and publishes it, and waits until it has read where the account's history ends. */
	static async start(
		instance: Instance,
		sandbox: Sandbox,
		credential: { id: string; name: string },
		parameters: Record<string, unknown>,
		settings: Record<string, unknown> = {},
		next?: WorkflowNode,
	): Promise<TriggerWorkflow> {
		const id = await createWorkflow(instance.api, TriggerWorkflow.definition(credential, parameters, settings, next));
		const listening = nextCatchUp(sandbox);
		await publish(instance.api, id);
		await listening;
		return new TriggerWorkflow(instance, id);
	}

	async executions(): Promise<Execution[]> {
		return await executionsOf(this.instance.api, this.id);
	}

	/** How many executions have ended. */
	async count(): Promise<number> {
		return (await statusesOf(this.instance.api, this.id)).length;
	}

	/** The transfers that it was started for, execution by execution, in the order in which these were created. */
	async transfers(): Promise<string[]> {
		return (await this.executions()).flatMap(transfersOf);
	}

	/** Those of them that it was started for again, because nobody can tell how far the first time came. */
	async redelivered(): Promise<string[]> {
		return (await this.executions()).flatMap((execution) => itemsOf(execution).flatMap(({ json }) => (json.redelivered && json.id ? [json.id] : [])));
	}

	/** Waits until it was started for as many transfers as these, and resolves with what it was started for. */
	async startedFor(expected: readonly string[], patience = 60_000): Promise<string[]> {
		let last: string[] = [];
		await eventually(`${expected.length} executions`, async () => {
			if ((await this.count()) < expected.length) return false;
			last = await this.transfers();
			return last.length >= expected.length;
		}, patience, 250).catch((error: unknown) => {
			throw new Error(`${String(error)}; there were ${last.length}: ${last.join(' ')} instead of ${expected.join(' ')}\n${this.instance.log.slice(-3_000)}`);
		});
		return last;
	}
}

/** What a trigger asks for when it has a connection: from its answer on, everything that happens is news. */
export async function nextCatchUp(sandbox: Sandbox, patience = 60_000): Promise<void> {
	await sandbox.next('ack', ({ operation }) => operation === 'statement', patience);
}

function transfersOf(execution: Execution): string[] {
	return itemsOf(execution).flatMap(({ json }) => json.id ?? []);
}

/** What an execution was started with; one that was cut short as well. */
function itemsOf({ data }: Execution): Saved[] {
	const run = data.resultData.runData[TRIGGER_NAME]?.[0]?.data?.main?.[0];
	return run ?? data.executionData?.nodeExecutionStack?.[0]?.data.main?.[0] ?? [];
}
