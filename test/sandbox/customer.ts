import type { OperationRequest, SigningKey, VerifiedMessage } from '../../client/protocol';
import {
	generateKeyPair,
	isServerMessageType,
	operationMessage,
	operationSignedString,
	readPrivateKey,
	readPublicKey,
	verifyServerMessage,
} from '../../client/protocol';
import { readJson } from '../../client/protocol/json';
import type { Sandbox } from '../../sandbox';
import type { Protocol, RawClient, Received } from './raw-client';
import { connect } from './raw-client';

/** Grows across all customers of a test file, so that no two operations of one key share a nonce. */
let lastNonce = Date.now();

/** Somebody with a key, on a raw connection: signs what is sent and checks what comes. */
export class Customer {
	private constructor(
		readonly client: RawClient,
		private readonly sandbox: Sandbox,
		private readonly key: SigningKey,
	) {}

	static async connect(sandbox: Sandbox, protocol: Protocol, privateKey: string, transports?: string[]): Promise<Customer> {
		return new Customer(await connect(sandbox, protocol, transports), sandbox, signingKey(privateKey));
	}

	/** Connected and authenticated, with nothing received so far but the acknowledgement. */
	static async authenticated(sandbox: Sandbox, protocol: Protocol, privateKey: string, transports?: string[]): Promise<Customer> {
		const customer = await Customer.connect(sandbox, protocol, privateKey, transports);
		await customer.acknowledged(await customer.operate({ operation: 'auth' }));
		return customer;
	}

	get publicKey(): string {
		return this.key.publicKey;
	}

	/** @returns the nonce */
	async operate(request: OperationRequest, style: 'string' | 'object' = 'string'): Promise<number> {
		const message = await this.signed(request);
		this.client.send(request.operation, style === 'string' ? JSON.stringify(message) : message);
		return message.nonce;
	}

	async signed(request: OperationRequest, nonce = ++lastNonce) {
		const text = operationSignedString(request, this.publicKey, nonce);
		return operationMessage(request, this.publicKey, nonce, await this.key.sign(text));
	}

	async acknowledged(nonce: number): Promise<void> {
		await this.client.find(({ type, payload }) => type === 'ack' && readJson(payload)?.nonce === nonce);
	}

	/** @returns the server's words */
	async refused(nonce: number): Promise<unknown> {
		const refusal = await this.client.find(({ type, payload }) => type === 'err' && readJson(payload)?.nonce === nonce);
		return readJson(refusal.payload)?.msg;
	}

	/** Whether a message is one to act on: of this server, to this key, canonical, truly signed. */
	async verify({ type, payload }: Received): Promise<VerifiedMessage | undefined> {
		if (!isServerMessageType(type)) return undefined;
		const serverKey = readPublicKey(this.sandbox.serverPublicKey);
		if (!serverKey.ok) throw new Error('The sandbox has no readable key');
		const trust = { serverKey: serverKey.value, recipient: this.publicKey };
		const verified = await verifyServerMessage(type, payload, trust);
		return verified.ok ? verified.value : undefined;
	}

	/** The params of the next message of a type from the given index on, which must be one to act on. */
	async message(type: string, from = 0): Promise<Record<string, string>> {
		const received = await this.client.find((candidate) => candidate.type === type, from);
		const verified = await this.verify(received);
		if (!verified) throw new Error(`Not to be acted on: ${JSON.stringify(received)}`);
		return { ...verified.message.params };
	}

	/** The params of everything of a type that is to be acted on, once everything sent until now is here. */
	async messages(type: string): Promise<Array<Record<string, string>>> {
		await this.settle();
		const verified = await Promise.all(this.client.received.map(async (received) => await this.verify(received)));
		return verified.flatMap((each) => (each?.message.type === type ? [{ ...each.message.params }] : []));
	}

	/** Waits until everything that was sent before has arrived: an answer that is asked for now comes after it. */
	async settle(): Promise<void> {
		await this.refused(await this.operateUnregistered());
	}

	close(): void {
		this.client.close();
	}

	/** An operation that is always refused and uses up nothing. */
	private async operateUnregistered(): Promise<number> {
		const nonce = ++lastNonce;
		this.client.send('account', JSON.stringify({ apiVersion: 2, key: 'nobody', nonce, params: { accountNumber: '' }, signed: '' }));
		return await Promise.resolve(nonce);
	}
}

export function signingKey(privateKey: string): SigningKey {
	const read = readPrivateKey(privateKey);
	if (!read.ok) throw new Error('Not a private key');
	return read.value;
}

export function newKeyPair() {
	return generateKeyPair();
}
