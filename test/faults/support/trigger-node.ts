import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';
import { CryptoCapitalTrigger } from '../../../nodes/CryptoCapitalTrigger/CryptoCapitalTrigger.node';
import type { Surroundings } from '../../../nodes/CryptoCapitalTrigger/live-trigger';
import { LiveTrigger } from '../../../nodes/CryptoCapitalTrigger/live-trigger';
import { readTriggerSettings } from '../../../nodes/CryptoCapitalTrigger/settings';

/** The trigger node as it is, on a clock and on connections of the test's choice. */
export function triggerNodeOn(surroundings: Surroundings): CryptoCapitalTrigger {
	const node = new CryptoCapitalTrigger();
	node.trigger = async function (this: ITriggerFunctions): Promise<ITriggerResponse> {
		const live = new LiveTrigger(this, readTriggerSettings(this), surroundings);
		await live.start();
		return { closeFunction: async () => live.close() };
	};
	return node;
}
