import type { OperationName, TransferParams } from '../client/protocol';
import { messageSignedString, operationSignedString, readPublicKey, verifyServerMessage } from '../client/protocol';
import type { Sandbox, SandboxEvents } from '../sandbox';
import type { EngineObserver, Execution } from '../test/engine';
import { outputItems } from '../test/engine';
import { shorten } from './screen';
import type { Screen } from './screen';

const NODE_TYPES = 'n8n-nodes-cryptocapital.';

/** Tells on the screen what happens at the bank and in n8n, as it happens. */
export class Narrator implements EngineObserver {
	private readonly seenProtocols = new Map<string, string>();

	constructor(
		private readonly screen: Screen,
		private readonly sandbox: Sandbox,
		/** Who owns which public key. */
		private readonly owners: ReadonlyMap<string, string>,
	) {
		sandbox.on('connected', ({ connection, protocol }) => this.seenProtocols.set(connection, protocol));
		sandbox.on('authenticated', (event) => this.authenticated(event));
		sandbox.on('operation', (event) => this.operation(event));
		sandbox.on('ack', ({ operation, key, nonce }) => {
			if (operation === 'transfer') this.bank('acknowledged', `the ${this.owner(key)}'s transfer, nonce ${nonce}`);
		});
		sandbox.on('err', ({ operation, reason }) => this.bank('refused', `${operation}: ${reason ?? 'no reason given'}`));
		sandbox.on('settled', ({ transaction }) => {
			const { id, sendAccount, receiveAccount, sendAmount, sendCurrency, narrative } = transaction;
			this.bank('booked', `no. ${id}: ${sendAmount} ${sendCurrency}, ${sendAccount} to ${receiveAccount}, "${shortenNarrative(narrative)}"`);
		});
		sandbox.on('sent', (event) => void this.sent(event));
	}

	executionStarted(execution: Execution): void {
		const details = `"${execution.workflow.name}", execution ${execution.id}`;
		this.n8n('started', details);
		for (const { json } of execution.items) {
			if (Object.keys(json).length > 0) this.n8n('with the item', JSON.stringify(json));
		}
	}

	nodeFinished(execution: Execution, nodeName: string): void {
		this.n8n('ran', `the node "${nodeName}" of "${execution.workflow.name}"`);
	}

	executionEnded(_execution: Execution, run: Parameters<typeof outputItems>[0]): void {
		const last = run.data.resultData.lastNodeExecuted;
		const results = last === undefined ? [] : outputItems(run, last);
		this.n8n(`ended: ${run.status}`, results.map(({ json }) => JSON.stringify(json)).join(', '));
	}

	private authenticated({ connection, key }: SandboxEvents['authenticated'][0]): void {
		const protocol = this.seenProtocols.get(connection) ?? 'unknown';
		this.bank('let in', `the ${this.owner(key)}, key ${shorten(key)}, over ${protocol}`);
	}

	private operation({ operation, key, nonce, params }: SandboxEvents['operation'][0]): void {
		if (operation !== ('transfer' satisfies OperationName) || key === undefined || nonce === undefined) return;
		const request = { operation, params: params as TransferParams } as const;
		const signed = operationSignedString(request, shorten(key), nonce);
		this.screen.happened(this.owner(key), 'signed', signed, 'yellow');
	}

	private async sent({ key, type, payload }: SandboxEvents['sent'][0]): Promise<void> {
		if (type !== 'transfer' || key === undefined) return;
		const owner = this.owner(key);
		const serverKey = readPublicKey(this.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no usable key');
		const verified = await verifyServerMessage('transfer', payload, { serverKey: serverKey.value, recipient: key });
		if (!verified.ok) {
			this.screen.happened(owner, 'must refuse', `a message: ${verified.problem}`, 'red');
			return;
		}
		const { message } = verified.value;
		const text = messageSignedString(message).replaceAll(message.key, shorten(message.key)).replaceAll(key, shorten(key));
		this.bank('announced', `to the ${owner}: ${text}`);
		this.bank('signed that', `with ${shorten(message.signed)}, which is valid`);
	}

	private owner(key: string): string {
		return this.owners.get(key) ?? 'unknown';
	}

	private bank(what: string, details: string): void {
		this.screen.happened('bank', what, details, 'magenta');
	}

	private n8n(what: string, details: string): void {
		this.screen.happened('n8n', what, details.replaceAll(NODE_TYPES, ''), 'green');
	}
}

/** A registration carries a whole public key as narrative. */
function shortenNarrative(narrative: string): string {
	return narrative.length > 60 ? shorten(narrative) : narrative;
}
