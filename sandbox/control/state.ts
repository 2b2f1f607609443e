import { DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS } from '../demo-data';
import { FAULTS } from '../faults/definitions';
import type { Sandbox } from '../sandbox';

/** As much of the ledger as the page shows. */
const SHOWN_TRANSACTIONS = 200;

export function accountsOf({ bank }: Sandbox) {
	return bank.accounts.map(({ accountNumber, name, currency, kind, keys }) => ({
		accountNumber,
		name,
		currency,
		kind,
		balance: bank.balance(accountNumber),
		available: bank.available(accountNumber),
		keys: [...keys],
	}));
}

/** Which faults there are, and which are on. */
export function faultsOf({ faults }: Sandbox) {
	const active = faults.active.map(({ id, name, settings, applied, spent }) => ({ id, name, settings, applied, spent }));
	return { available: Object.entries(FAULTS).map(([name, fault]) => ({ name, ...fault })), active };
}

/** Everything that the page shows, in one piece. */
export function stateOf(sandbox: Sandbox) {
	return {
		url: sandbox.url,
		webSocketUrl: sandbox.webSocketUrl,
		serverPublicKey: sandbox.serverPublicKey,
		demoKey: demoKeyOf(sandbox),
		settlementDelay: sandbox.settlementDelay,
		accounts: accountsOf(sandbox),
		transactions: sandbox.bank.transactions.slice(-SHOWN_TRANSACTIONS),
		transactionCount: sandbox.bank.transactions.length,
		connections: sandbox.connections,
		faults: faultsOf(sandbox),
		counters: sandbox.counters,
	};
}

/** The demonstration's key pair, where this bank knows it. It is public: see where it is made. */
function demoKeyOf({ bank }: Sandbox) {
	if (!bank.isRegistered(DEMO_PUBLIC_KEYS.merchant)) return undefined;
	return { privateKey: DEMO_PRIVATE_KEYS.merchant, publicKey: DEMO_PUBLIC_KEYS.merchant };
}
