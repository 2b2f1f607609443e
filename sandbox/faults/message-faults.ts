import type { ServerMessageType, SigningKey } from '../../client/protocol';
import { generateKeyPair, isServerMessageType, readPrivateKey } from '../../client/protocol';
import type { Frame } from '../wire/frames';
import { message as frameOf } from '../wire/frames';
import type { ServerIdentity, UnsignedMessage, WireMessage } from '../wire/server-identity';
import { signAs } from '../wire/server-identity';
import type { AnyActiveFault, FaultContext } from './faults';
import { garbage } from './garbage';
import { nonCanonical } from './non-canonical';
import { resplit } from './resplit';

/** A message that is about to be sent, as it should be. `ack` and `err` are unsigned. */
export interface Genuine {
	readonly type: ServerMessageType | 'ack' | 'err';
	readonly context: FaultContext;
	readonly payload: object;
}

/** What is sent in its place. */
export interface Disturbance {
	readonly before: readonly Frame[];
	/** Whether the genuine message itself is sent. */
	readonly genuine: boolean;
	readonly after: readonly Frame[];
	/** Milliseconds that all of it waits. */
	readonly wait: number;
	/** The activation that keeps all of it back until others come, to send them in reverse. */
	readonly reorder?: { readonly id: string; readonly count: number; readonly milliseconds: number };
	/** Cut the connection when all of it is written. */
	readonly cut: boolean;
}

const BYTES_PER_MEGABYTE = 1_000_000;
const STRANGERS = ['9999999998', '9999999999'] as const;

/** What faults make instead of messages, or beside them. */
export class MessageFaults {
	readonly #identity: ServerIdentity;

	/** A key that nobody trusts. */
	readonly #intruder: SigningKey;

	/** How many messages each `dropAfterMessages` has let through. */
	readonly #passed = new Map<string, number>();

	constructor(identity: ServerIdentity) {
		this.#identity = identity;
		const intruder = readPrivateKey(generateKeyPair().privateKey);
		if (!intruder.ok) throw new Error('A key that was just made could not be read');
		this.#intruder = intruder.value;
	}

	/** @param history genuine messages of the same type to the same key, oldest first */
	async disturb(
		genuine: Genuine,
		faults: readonly AnyActiveFault[],
		history: readonly WireMessage[],
	): Promise<Disturbance> {
		let all: Disturbance = { before: [], genuine: true, after: [], wait: 0, cut: false };
		for (const fault of faults) {
			const one = await this.#one(genuine, fault, history);
			all = {
				...all,
				...one,
				before: [...all.before, ...(one.before ?? [])],
				after: [...all.after, ...(one.after ?? [])],
				genuine: all.genuine && (one.genuine ?? true),
				wait: all.wait + (one.wait ?? 0),
				cut: all.cut || (one.cut ?? false),
			};
		}
		return all;
	}

	async #one(genuine: Genuine, fault: AnyActiveFault, history: readonly WireMessage[]): Promise<Partial<Disturbance>> {
		const { type, payload } = genuine;
		switch (fault.name) {
			case 'loseMessage':
				return { genuine: false };
			case 'delay':
				return { wait: fault.settings.milliseconds };
			case 'duplicate':
				return { after: Array.from({ length: fault.settings.copies }, () => frameOf(type, payload)) };
			case 'reorder':
				return { reorder: { id: fault.id, ...fault.settings } };
			case 'dropAfterMessages':
				return { cut: this.#isLast(fault.id, fault.settings.count) };
			case 'garbage':
				return { before: garbage(type, fault.settings.variant), genuine: fault.settings.genuine };
			case 'oversizedFrame': {
				const padding = 'x'.repeat(Math.ceil(fault.settings.megabytes * BYTES_PER_MEGABYTE));
				return { before: [frameOf(type, { ...payload, padding })], genuine: fault.settings.genuine };
			}
			default:
				return await this.#forged(genuine, fault, history);
		}
	}

	/** The faults that only a signed message can have. */
	async #forged(genuine: Genuine, fault: AnyActiveFault, history: readonly WireMessage[]): Promise<Partial<Disturbance>> {
		const { type } = genuine;
		if (!isServerMessageType(type)) return {};
		// A genuine message of a signed type is always signed by the identity, as a WireMessage.
		const original = genuine.payload as WireMessage;
		const unsigned = { type, rcpt: original.rcpt, nonce: String(original.nonce), params: original.params };
		const send = (...forgeries: WireMessage[]) => ({
			before: forgeries.map((forgery) => frameOf(type, forgery)),
			genuine: 'genuine' in fault.settings && fault.settings.genuine,
		});
		switch (fault.name) {
			case 'forgeSignature':
				return send({ ...original, signed: otherSignature(original.signed) });
			case 'signWithAnotherKey': {
				const forgery = await signAs(this.#intruder, messageOf(unsigned));
				return send(fault.settings.variant === 'asItself' ? forgery : { ...forgery, key: original.key });
			}
			case 'addressAnotherKey':
				return send(await this.#sign({ ...unsigned, rcpt: this.#intruder.publicKey }));
			case 'corruptAmount':
				return send({ ...original, params: corrupted(original.params) });
			case 'answerSomethingElse':
				return send(await this.#sign({ ...unsigned, params: { ...original.params, ...somethingElse(type) } }));
			case 'nonCanonical': {
				const variants = nonCanonical(messageOf(unsigned), fault.settings.variant);
				return send(...(await Promise.all(variants.map(async (variant) => await this.#sign(variant)))));
			}
			case 'resplit':
				return send(...resplit(type, original, fault.settings.boundary));
			case 'replayOld':
				return send(...history.slice(0, fault.settings.count));
			default:
				return {};
		}
	}

	async #sign(message: LooseMessage): Promise<WireMessage> {
		return await this.#identity.signAsGiven(messageOf(message));
	}

	#isLast(id: string, count: number): boolean {
		const passed = (this.#passed.get(id) ?? 0) + 1;
		this.#passed.set(id, passed);
		return passed === count;
	}
}

interface LooseMessage {
	readonly type: ServerMessageType;
	readonly rcpt: string;
	readonly nonce: string;
	readonly params: object;
}

/** The one place that takes forged params for real ones: whoever forges has no types to keep to. */
function messageOf(message: LooseMessage): UnsignedMessage & { nonce: string } {
	return message as UnsignedMessage & { nonce: string };
}

/** Another number of the same form: the last byte of a DER signature belongs to `s` and says nothing about lengths. */
function otherSignature(signature: string): string {
	const bytes = Buffer.from(signature, 'base64');
	const last = bytes.length - 1;
	bytes[last] = (bytes[last] ?? 0) ^ 1;
	return bytes.toString('base64');
}

/** Ten times the money, or other words. */
function corrupted(params: Readonly<Record<string, string>>): Record<string, string> {
	const changed = Object.entries(params).map(([field, value]) => {
		if (['sendAmount', 'receiveAmount', 'balance', 'available'].includes(field)) return [field, `1${value}`] as const;
		return [field, field === 'msg' ? `${value}!` : value] as const;
	});
	return Object.fromEntries(changed);
}

function somethingElse(type: ServerMessageType): Record<string, string> {
	switch (type) {
		case 'account':
			return { accountNumber: STRANGERS[0] };
		case 'error':
			return { nonce: '1000000000001' };
		case 'transfer':
			return { id: '999999999', sendAccount: STRANGERS[0], receiveAccount: STRANGERS[1] };
	}
}
