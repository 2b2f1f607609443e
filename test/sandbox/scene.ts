import type { StatementFilter, TransferParams } from '../../client/protocol';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { Customer } from './customer';
import type { Protocol, RawClient } from './raw-client';

export const { merchantUsd, merchantEur, supplierUsd, supplierEur, customerUsd } = DEMO_ACCOUNTS;

/** What the merchant has at first, and after the transfer below. */
export const OPENING = '25000.00';
export const AFTER_TRANSFER = '24987.50';

export const accountOf = (accountNumber: string) => ({ operation: 'account', params: { accountNumber } }) as const;

export const statementOf = (accountNumber: string, filter: StatementFilter) =>
	({ operation: 'statement', params: { accountNumber, accountId: accountNumber, ...filter } }) as const;

const TRANSFER: TransferParams = { accountNumber: merchantUsd, beneficiary: supplierUsd, currency: 'USD', amount: 12.5, narrative: 'Invoice 7' };

export const transferOf = (params: Partial<TransferParams> = {}) =>
	({ operation: 'transfer', params: { ...TRANSFER, ...params } }) as const;

export const account = accountOf(merchantUsd);
export const transfer = transferOf();
export const tooMuch = transferOf({ amount: 1_000_000 });

/** One test's sandbox and everybody who is connected to it. */
export class Scene {
	#sandbox: Sandbox | undefined;

	readonly #customers: Customer[] = [];

	get sandbox(): Sandbox {
		if (!this.#sandbox) throw new Error('The sandbox was not started');
		return this.#sandbox;
	}

	async start(options?: SandboxOptions): Promise<void> {
		this.#sandbox = await startSandbox(options);
	}

	/** The merchant, authenticated. */
	async merchant(protocol: Protocol = 'webSocket', transports?: string[]): Promise<Customer> {
		return this.with(await Customer.authenticated(this.sandbox, protocol, DEMO_PRIVATE_KEYS.merchant, transports));
	}

	/** Somebody who is to leave when the test ends. */
	with(customer: Customer): Customer {
		this.#customers.push(customer);
		return customer;
	}

	/** Money for the merchant, from outside the bank. */
	receive(narrative: string) {
		return this.sandbox.sendMoney({ to: merchantUsd, amount: '150.00', narrative });
	}

	async end(): Promise<void> {
		for (const customer of this.#customers.splice(0)) customer.close();
		await this.sandbox.close();
	}
}

/** The types of what came after the acknowledgement of `auth`. */
export function cameAfterAuth(client: RawClient): string[] {
	return client.received.slice(1).map(({ type }) => type);
}
