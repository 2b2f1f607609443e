import { byTransactionId, isNewer } from '../../client';

/** How many done transactions are remembered for an account. Bounds memory, and the row in n8n's database. */
const REMEMBERED = 1_000;

const SEPARATOR = ' ';

/**
 * The transactions of one account that are done, ascending; the oldest make room for new ones.
 *
 * Saved as one short text, which is kept up to date: n8n writes it with every event, and reads it, value by value, for every execution. It holds the first
 * number and then by how much each is greater than the one before.
 */
export class DoneTransactions {
	#ids: string[];

	readonly #members: Set<string>;

	#text: string;

	/** @param saved the {@link text} of an earlier life */
	constructor(saved = '') {
		this.#ids = readText(saved);
		this.#members = new Set(this.#ids);
		this.#text = textOf(this.#ids);
	}

	get text(): string {
		return this.#text;
	}

	has(transactionId: string): boolean {
		return this.#members.has(transactionId);
	}

	/** @returns the oldest, where it made room */
	add(transactionId: string): string | undefined {
		if (this.#members.has(transactionId)) return undefined;
		this.#members.add(transactionId);
		const newest = this.#ids.at(-1);
		if (newest !== undefined && byTransactionId(newest, transactionId) < 0) {
			this.#ids.push(transactionId);
			this.#text += SEPARATOR + difference(transactionId, newest);
		} else {
			const newer = this.#ids.findIndex((id) => isNewer(id, transactionId));
			this.#ids.splice(newer === -1 ? this.#ids.length : newer, 0, transactionId);
			this.#text = textOf(this.#ids);
		}
		return this.#ids.length > REMEMBERED ? this.#forgetOldest() : undefined;
	}

	/** Forgets everything up to `floor`. */
	forgetUpTo(floor: string): void {
		const kept = this.#ids.filter((id) => isNewer(id, floor));
		if (kept.length === this.#ids.length) return;
		for (const id of this.#ids) if (!isNewer(id, floor)) this.#members.delete(id);
		this.#ids = kept;
		this.#text = textOf(kept);
	}

	#forgetOldest(): string | undefined {
		const oldest = this.#ids.shift();
		const [next] = this.#ids;
		if (oldest === undefined || next === undefined) return oldest;
		this.#members.delete(oldest);
		const rest = this.#text.indexOf(SEPARATOR, oldest.length + SEPARATOR.length);
		this.#text = next + this.#text.slice(rest);
		return oldest;
	}
}

function difference(id: string, before: string): string {
	return (BigInt(id) - BigInt(before)).toString();
}

function textOf(ids: readonly string[]): string {
	return ids.map((id, index) => (index === 0 ? id : difference(id, ids[index - 1] ?? '0'))).join(SEPARATOR);
}

function readText(text: string): string[] {
	let last = 0n;
	return text
		.split(SEPARATOR)
		.filter((part) => part !== '')
		.map((part) => (last += BigInt(part)).toString());
}
