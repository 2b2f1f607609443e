import type { VerifyingKey } from '../../client/protocol';
import { readPublicKey } from '../../client/protocol';
import type { Bank } from '../bank/bank';
import type { Nonces } from '../bank/nonces';
import type { ServerIdentity } from '../wire/server-identity';

/** What belongs to the bank and not to one of its servers: several servers can stand before one back office. */
export class BackOffice {
	readonly #verifyingKeys = new Map<string, VerifyingKey>();

	constructor(
		readonly bank: Bank,
		readonly nonces: Nonces,
		readonly identity: ServerIdentity,
	) {}

	/** The key, if it is bound to an account: nobody else is spoken to. */
	registeredKey(publicKey: string): VerifyingKey | undefined {
		const known = this.#verifyingKeys.get(publicKey);
		if (known) return known;
		if (!this.bank.isRegistered(publicKey)) return undefined;
		const read = readPublicKey(publicKey);
		if (!read.ok) return undefined;
		this.#verifyingKeys.set(publicKey, read.value);
		return read.value;
	}
}
