import { join } from 'node:path';
import type { ICredentialDataDecryptedObject, IDataObject, INodeParameters } from 'n8n-workflow';
import type { Rows } from '../../engine';
import { chain, createEngine, createFileRows, createHangingNode, loadBuiltPackage, node, nodeError, outputItems } from '../../engine';
import { argument, nextOrder, report } from '../support/child';

const ROOT = join(__dirname, '..', '..', '..');
const NODE = 'n8n-nodes-cryptocapital.cryptoCapital';
const TRIGGER = 'n8n-nodes-cryptocapital.cryptoCapitalTrigger';

/** An n8n with the built package, whose database outlives it. It ends by being killed. */
export interface N8nArgument {
	readonly directory: string;
	readonly credential: ICredentialDataDecryptedObject;
	/** Send with these parameters, or listen with them. */
	readonly send?: INodeParameters;
	readonly listen?: INodeParameters;
	/** Stop before this write to the database, counted from the start of sending, or from the order `count`. */
	readonly heldAt?: number;
	/** The triggered workflow never ends. */
	readonly hangs?: boolean;
}

export type N8nReport =
	| { readonly kind: 'active' }
	| { readonly kind: 'counting' }
	/** Nothing goes on until it is killed. */
	| { readonly kind: 'held'; readonly write: number; readonly of: string }
	| { readonly kind: 'started'; readonly transaction: string }
	| { readonly kind: 'ended'; readonly transaction: string; readonly status: string }
	| { readonly kind: 'item'; readonly item: IDataObject }
	| { readonly kind: 'error'; readonly message: string };

const tell = async (told: N8nReport) => await report({ ...told });

/** Every write can be the last thing that this process ever wanted to do. */
class HeldRows {
	counting = false;

	#writes = 0;

	constructor(private readonly heldAt: number | undefined) {}

	around(rows: Rows): Rows {
		return {
			read: async (key) => await rows.read(key),
			keys: async () => await rows.keys(),
			insert: async (key, value) => {
				await this.#pass(key);
				return await rows.insert(key, value);
			},
			write: async (key, value) => {
				await this.#pass(key);
				await rows.write(key, value);
			},
			delete: async (key) => {
				await this.#pass(key);
				await rows.delete(key);
			},
		};
	}

	async #pass(key: string): Promise<void> {
		if (!this.counting) return;
		this.#writes += 1;
		if (this.#writes !== this.heldAt) return;
		await tell({ kind: 'held', write: this.#writes, of: key.split(':', 1)[0] ?? '' });
		await new Promise(() => {});
	}
}

async function main(): Promise<void> {
	const { directory, credential, send, listen, heldAt, hangs = false } = argument() as N8nArgument;
	const held = new HeldRows(heldAt);
	const built = await loadBuiltPackage(ROOT);
	const engine = createEngine({
		...built,
		nodes: { ...built.nodes, 'test.hanging': createHangingNode() },
		rows: held.around(createFileRows(directory)),
		observer: {
			executionStarted: ({ items }) => {
				if (listen) void tell({ kind: 'started', transaction: idOf(items[0]?.json) });
			},
			executionEnded: ({ items }, { status }) => {
				if (listen) void tell({ kind: 'ended', transaction: idOf(items[0]?.json), status });
			},
		},
	});
	const credentials = { cryptoCapitalApi: credential };
	if (listen) {
		const next = hangs ? 'test.hanging' : 'n8n-nodes-base.noOp';
		await engine.activate(chain(node('Trigger', TRIGGER, listen), node('Next', next)), { credentials });
		await tell({ kind: 'active' });
		await nextOrder();
		held.counting = true;
		await tell({ kind: 'counting' });
	} else {
		held.counting = true;
		const workflow = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Pay', NODE, send));
		const run = await engine.run(workflow, { credentials });
		const error = nodeError(run, 'Pay');
		const item = outputItems(run, 'Pay')[0]?.json;
		if (item) await tell({ kind: 'item', item });
		else await tell({ kind: 'error', message: error?.message ?? '' });
	}
}

function idOf(item: IDataObject | undefined): string {
	return typeof item?.id === 'string' ? item.id : '';
}

void main();
