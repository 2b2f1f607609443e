import type { INodeType } from 'n8n-workflow';
import { describeNode } from './description';

export interface FailingNode extends INodeType {
	/** How often it was run. */
	readonly calls: number;
	/** The next runs throw these errors, one each. After that it passes its items on again. */
	failNext(...errors: Error[]): void;
}

export function createFailingNode(): FailingNode {
	const errors: Error[] = [];
	let calls = 0;
	return {
		description: describeNode('Failing'),
		get calls() {
			return calls;
		},
		failNext: (...next) => void errors.push(...next),
		async execute() {
			calls++;
			const error = errors.shift();
			if (error !== undefined) throw error;
			return [this.getInputData()];
		},
	};
}
