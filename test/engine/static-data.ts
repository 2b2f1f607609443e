import type { IDataObject, Workflow } from 'n8n-workflow';
import type { Json, Rows } from './rows';

/** The workflows' static data as saved: what a restart finds. */
export class StaticDataStore {
	private readonly saved = new Map<string, string>();

	constructor(private readonly rows: Rows) {}

	/** What is saved for the workflow, as a copy of its own. */
	async load(workflowId: string | undefined): Promise<IDataObject> {
		if (workflowId === undefined) return {};
		const data = (await this.rows.read(rowKey(workflowId))) ?? {};
		this.saved.set(workflowId, JSON.stringify(data));
		return data as IDataObject;
	}

	/** The last saved data, without waiting. */
	lastSaved(workflowId: string): IDataObject {
		return JSON.parse(this.saved.get(workflowId) ?? '{}') as IDataObject;
	}

	/** Last writer wins, for the whole of it. */
	async save(workflowId: string, data: IDataObject): Promise<void> {
		const text = JSON.stringify(data);
		await this.rows.write(rowKey(workflowId), JSON.parse(text) as Json);
		this.saved.set(workflowId, text);
	}

	/**
	 * n8n's way of saving: the data is written out one microtask after the call, so what changes in the same tick is
	 * still in it; and it counts as unchanged when the write is done, so what changes during the write is not saved
	 * until something changes again.
	 */
	async saveIfChanged(workflow: Workflow, isAbandoned: () => boolean): Promise<void> {
		if (!workflow.id || workflow.staticData.__dataChanged !== true) return;
		await Promise.resolve();
		if (isAbandoned()) return;
		await this.save(workflow.id, workflow.staticData);
		workflow.staticData.__dataChanged = false;
	}
}

function rowKey(workflowId: string): string {
	return `static-data:${workflowId}`;
}
