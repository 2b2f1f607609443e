import type { Finding, Scale } from '../measure';
import { acceptMessages } from './accept-messages';
import { eventLoop } from './event-loop';
import { idle } from './idle';
import { loading } from './loading';
import { longRun } from './long-run';
import { nodeItems } from './node-items';
import { sendTransfer } from './send-transfer';
import { statement } from './statement';
import { triggerStart } from './trigger-start';

/** In the order of the table. Each runs in a process of its own. */
export const CASES: Readonly<Record<string, (scale: Scale) => Promise<Finding[]>>> = {
	acceptMessages,
	eventLoop,
	sendTransfer,
	nodeItems,
	triggerStart,
	statement,
	longRun,
	loading,
	idle,
};
