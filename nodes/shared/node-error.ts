import type { INode } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';

import { CryptoCapitalError } from '../../client';

/**
 * A client's error as n8n shows it. The outcome (`rejected`, `notSent` or `unknown`) leads the description, and is in `context` together with the public
 * facts for workflows that react to it. The client's error itself is not attached: only chosen words and values go further.
 */
export function nodeError(node: INode, error: unknown, itemIndex?: number): NodeOperationError {
	const at = itemIndex === undefined ? {} : { itemIndex };
	if (!(error instanceof CryptoCapitalError)) {
		// n8n's own errors (a missing credential, a bad expression) say what they have to say.
		if (error instanceof Error && error.constructor.name.startsWith('Node')) {
			return error as NodeOperationError;
		}
		return new NodeOperationError(node, 'The Crypto Capital node failed unexpectedly', {
			...at,
			description: 'Outcome: unknown. Please report this, with what the node was doing.',
		});
	}
	const converted = new NodeOperationError(node, error.message, {
		...at,
		description: `Outcome: ${error.outcome}. ${error.description}`,
	});
	Object.assign(converted.context, { ...error.details, outcome: error.outcome });
	return converted;
}

/** The same for a trigger, which has no operation whose outcome could matter. */
export function triggerError(node: INode, error: unknown): NodeOperationError {
	if (!(error instanceof CryptoCapitalError)) return nodeError(node, error);
	const converted = new NodeOperationError(node, error.message, { description: error.description });
	Object.assign(converted.context, error.details);
	return converted;
}
