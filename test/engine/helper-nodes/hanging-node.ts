import type { INodeExecutionData, INodeType } from 'n8n-workflow';
import { Recorded } from '../recorded';
import { describeNode } from './description';

export interface HangingNode extends INodeType {
	/** The items of each run that came to it. */
	readonly entered: Recorded<INodeExecutionData[]>;
	/** Lets one run pass: the one that hangs longest, or the next to come. */
	release(): void;
}

/** Holds every run that comes to it until it is released or the execution is cancelled. */
export function createHangingNode(): HangingNode {
	const entered = new Recorded<INodeExecutionData[]>();
	const releases = new Recorded<void>();
	return {
		description: describeNode('Hanging'),
		entered,
		release: () => releases.add(),
		async execute() {
			const items = this.getInputData();
			entered.add(items);
			await releases.next({ signal: this.getExecutionCancelSignal() });
			return [items];
		},
	};
}
