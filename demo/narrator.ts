import type { ServerMessage, TransferParams } from '../client/protocol';
import { MESSAGE_FIELDS, readPublicKey, verifyServerMessage } from '../client/protocol';
import type { Sandbox, SandboxEvents } from '../sandbox';
import type { EngineObserver, Execution } from '../test/engine';
import { outputItems } from '../test/engine';
import type { Screen, Style } from './screen';
import { shorten } from './screen';

type Run = Parameters<typeof outputItems>[0];

/** Tells on the screen what happens at the bank and in n8n, as it happens. */
export class Narrator implements EngineObserver {
	private readonly protocols = new Map<string, string>();
	/** Transactions that are announced because they were just booked. Other records answer a request for a statement. */
	private readonly news = new Set<string>();
	private recordsOf = new Map<string, number>();

	constructor(
		private readonly screen: Screen,
		private readonly sandbox: Sandbox,
		/** Who owns which public key. */
		private readonly owners: ReadonlyMap<string, string>,
	) {
		sandbox.on('connected', ({ connection, protocol }) => this.protocols.set(connection, protocol));
		sandbox.on('authenticated', ({ connection, key }) => {
			const protocol = this.protocols.get(connection) ?? 'a connection';
			this.bank('let in', `the ${this.owner(key)} with key ${shorten(key)}, over ${protocol}`);
		});
		sandbox.on('operation', (event) => this.operation(event));
		sandbox.on('ack', ({ operation, key, nonce }) => {
			if (operation === 'transfer') this.bank('acknowledged', `the ${this.owner(key)}’s nonce ${nonce}; nothing is booked yet`);
		});
		sandbox.on('err', ({ operation, reason }) => this.bank('refused', `${operation}: ${reason ?? 'no reason given'}`));
		sandbox.on('failed', ({ nonce, reason }) => this.bank('could not do', `the transfer with nonce ${nonce}: ${reason}`));
		sandbox.on('settled', ({ transaction, key }) => {
			if (key === undefined) return;
			this.news.add(transaction.id);
			const { id, sendAccount, receiveAccount, sendAmount, sendCurrency, narrative } = transaction;
			this.bank('booked', `no. ${id}: ${sendAmount} ${sendCurrency} from ${sendAccount} to ${receiveAccount}, “${narrative}”`);
		});
		sandbox.on('sent', (event) => void this.sent(event));
	}

	executionStarted(execution: Execution): void {
		this.n8n('started', `“${execution.workflow.name ?? execution.id}”`);
		for (const { json } of execution.items) {
			if (Object.keys(json).length > 0) this.n8n('with the item', JSON.stringify(json));
		}
	}

	nodeFinished(_execution: Execution, nodeName: string): void {
		this.n8n('ran', nodeName);
	}

	executionEnded(execution: Execution, run: Run): void {
		const last = run.data.resultData.lastNodeExecuted;
		const results = last === undefined ? [] : outputItems(run, last);
		this.n8n('ended', `“${execution.workflow.name ?? execution.id}”: ${run.status}`);
		for (const { json } of results) this.n8n('with the item', JSON.stringify(json));
	}

	private operation({ operation, key, nonce, params }: SandboxEvents['operation'][0]): void {
		if (key === undefined || nonce === undefined) return;
		if (operation === 'statement') this.happened(this.owner(key), 'asked', 'for the statement of its account', 'yellow');
		if (operation !== 'transfer') return;
		const { accountNumber, beneficiary, currency, amount } = params as TransferParams;
		const fields = ['TRANSFER', shorten(key), nonce, accountNumber, beneficiary, currency, amount];
		this.happened(this.owner(key), 'signed', fields.join(' · '), 'yellow');
	}

	private async sent({ key, type, payload }: SandboxEvents['sent'][0]): Promise<void> {
		if (type !== 'transfer' || key === undefined) return;
		const serverKey = readPublicKey(this.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no usable key');
		const verified = await verifyServerMessage('transfer', payload, { serverKey: serverKey.value, recipient: key });
		if (!verified.ok) {
			this.bank('sent', `the ${this.owner(key)} a message to be refused: ${verified.problem}`, 'red');
			return;
		}
		const { message } = verified.value;
		if (message.type === 'transfer' && this.news.has(message.params.id)) this.announced(message, key);
		else this.recordsOf.set(key, (this.recordsOf.get(key) ?? 0) + 1);
	}

	private announced(message: ServerMessage, key: string): void {
		const params = message.params as Readonly<Record<string, string>>;
		const fields = ['TRANSFER', shorten(message.key), shorten(key), message.nonce];
		fields.push(...MESSAGE_FIELDS[message.type].map((field) => params[field] ?? ''));
		this.bank('announced', `to the ${this.owner(key)}: ${fields.join(' · ')}`);
		this.bank('signed that', `${shorten(message.signed)}: checked, and valid`);
	}

	private owner(key: string): string {
		return this.owners.get(key) ?? 'stranger';
	}

	private bank(what: string, details: string, style: Style = 'magenta'): void {
		this.happened('bank', what, details, style);
	}

	private n8n(what: string, details: string): void {
		this.happened('n8n', what, details, 'green');
	}

	private happened(who: string, what: string, details: string, style: Style): void {
		const records = this.recordsOf;
		this.recordsOf = new Map();
		for (const [key, count] of records) {
			this.screen.happened('bank', 'sent', `the ${this.owner(key)} ${count} signed records of earlier transfers`, 'magenta');
		}
		this.screen.happened(who, what, details, style);
	}
}
