import type { IExecuteFunctions } from 'n8n-workflow';

import type { TransferResult, ValidTransfer } from '../../../client';
import { BoundedMap, CryptoCapitalError } from '../../../client';
import type { OperationContext } from '../operation';

interface Remembered {
	readonly fingerprint: string;
	readonly outcome: { readonly result: TransferResult } | { readonly error: CryptoCapitalError };
}

/** Far more items than executions under way can have. */
const CAPACITY = 100_000;

const remembered = new BoundedMap<string, Remembered>(CAPACITY);

/**
 * Sends an item without a reference at most once in one run of the node. n8n's "Retry On Fail" runs the whole node again when one of its items failed, with
 * the items that were sent before: those report what was sent, and one whose outcome is unknown stays unknown.
 *
 * It covers that retry only, which n8n makes in the same process. Whatever starts a new execution needs a reference.
 */
export async function oncePerRun(
	context: OperationContext,
	transfer: ValidTransfer,
	send: () => Promise<TransferResult>,
): Promise<TransferResult> {
	const key = transfer.reference === undefined ? runKey(context) : undefined;
	if (key === undefined) return await send();
	const fingerprint = JSON.stringify([
		transfer.accountNumber,
		transfer.beneficiary,
		transfer.currency,
		transfer.amount.text,
		transfer.sentNarrative,
	]);
	const earlier = remembered.get(key);
	if (earlier?.fingerprint === fingerprint) {
		if ('error' in earlier.outcome) throw earlier.outcome.error;
		return { ...earlier.outcome.result, alreadySent: true };
	}
	const sending = send();
	sending.then(
		(result) => remembered.set(key, { fingerprint, outcome: { result } }),
		(error: unknown) => {
			if (error instanceof CryptoCapitalError && error.outcome === 'unknown') {
				remembered.set(key, { fingerprint, outcome: { error } });
			}
		},
	);
	return await sending;
}

/** n8n makes one of these for each run of the node. Asking it for the number of the run builds everything that an expression may use, so it is asked once. */
const runs = new WeakMap<IExecuteFunctions, string>();

/** One item of one run of the node in one execution. An execution that n8n does not count (as a tool of some agents) has none. */
function runKey({ node, itemIndex }: OperationContext): string | undefined {
	const executionId = node.getExecutionId();
	if (!executionId) return undefined;
	let run = runs.get(node);
	if (run === undefined) {
		const { $runIndex } = node.getWorkflowDataProxy(itemIndex);
		run = [node.getWorkflow().id, executionId, node.getNode().id, $runIndex].join(' ');
		runs.set(node, run);
	}
	return `${run} ${itemIndex}`;
}
