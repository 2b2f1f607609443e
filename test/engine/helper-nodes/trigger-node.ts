import type { INodeType, ITriggerFunctions } from 'n8n-workflow';
import { Recorded } from '../recorded';
import { describeNode } from './description';

export interface TriggerNode extends INodeType {
	/** The functions that n8n gave to each activation, to emit with. */
	readonly activations: Recorded<ITriggerFunctions>;
	/** One entry each time that n8n closed the trigger. */
	readonly closings: Recorded<ITriggerFunctions>;
	/** Called at each activation, before `trigger()` returns. May throw. */
	onActivate: (functions: ITriggerFunctions) => void;
	/** Called when it is tested in the editor. */
	onManualTest: (functions: ITriggerFunctions) => void;
}

/** A trigger that does what a test tells it to. */
export function createTriggerNode(): TriggerNode {
	const type: TriggerNode = {
		description: describeNode('Controlled Trigger', { group: ['trigger'], inputs: [] }),
		activations: new Recorded<ITriggerFunctions>(),
		closings: new Recorded<ITriggerFunctions>(),
		onActivate: () => {},
		onManualTest: () => {},
		async trigger() {
			type.onActivate(this);
			type.activations.add(this);
			return {
				closeFunction: async () => type.closings.add(this),
				manualTriggerFunction: async () => type.onManualTest(this),
			};
		},
	};
	return type;
}
