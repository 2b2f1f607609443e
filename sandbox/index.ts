import { readPrivateKey } from '../client/protocol';
import { Bank } from './bank/bank';
import { Nonces } from './bank/nonces';
import { webOf } from './control/web';
import { DEMO_ACCOUNT_OPENINGS, DEMO_PRIVATE_KEYS } from './demo-data';
import type { SandboxSettings } from './sandbox';
import { Sandbox } from './sandbox';
import { BackOffice } from './server/back-office';
import { ServerIdentity } from './wire/server-identity';

export type { Account, NewAccount } from './bank/accounts';
export { CURRENCIES } from './bank/accounts';
export type { TransferOrder } from './bank/bank';
export { BankError } from './bank/bank-error';
export type { Transaction } from './bank/ledger';
export { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS } from './demo-data';
export type { SandboxCounters, SandboxEvent, SandboxEvents } from './events';
export type { FaultName } from './faults/definitions';
export { FAULT_NAMES, FAULTS } from './faults/definitions';
export type { ActiveFault, FaultSettings } from './faults/faults';
export { FaultSettingsError } from './faults/parameters';
export type { ConnectionInfo } from './sandbox';
export { Sandbox } from './sandbox';
export type { ConnectionProtocol, PayloadStyle } from './server/connection';

export interface SandboxOptions {
	/** Loopback where left out. */
	host?: string;
	/** 0, which is what is left out means, lets the system choose. */
	port?: number;
	/** PEM texts. With them the sandbox speaks TLS. */
	tls?: { key: string; cert: string };
	/** Socket.IO's heartbeat, in milliseconds. */
	pingInterval?: number;
	pingTimeout?: number;
	/** Which protocols of Socket.IO are spoken. Both where left out; `socketIo3` alone is a server of generation 1 or 2. */
	socketIoProtocols?: SandboxSettings['socketIoProtocols'];
	/** How payloads are sent: over Socket.IO as strings, over WebSocket as objects where left out. Both are understood on both. */
	socketIoPayload?: SandboxSettings['socketIoPayload'];
	webSocketPayload?: SandboxSettings['webSocketPayload'];
	/** Whether the records of a statement go to all connections of the key instead of the one that asked. */
	broadcastStatements?: boolean;
	/** Whether the demonstration's key and accounts are there from the start. True where left out. */
	demoData?: boolean;
	/** Base64. What the server signs with; the demonstration's key where left out. */
	serverPrivateKey?: string;
	/** Milliseconds from the acknowledgement of a transfer to its entry in the ledger and its announcement. */
	settlementDelay?: number;
	/** Milliseconds since 1970: what the bank and the server take for the time. */
	clock?: () => number;
	/** Stands before this sandbox's bank, with its keys and nonces, instead of before one of its own. Its settlement delay and clock apply. */
	shareBankWith?: Sandbox;
}

/** Starts a sandbox and resolves when it listens. Whoever starts it closes it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
	const settings: SandboxSettings = {
		host: options.host ?? '127.0.0.1',
		port: options.port ?? 0,
		tls: options.tls,
		heartbeat: { pingInterval: options.pingInterval ?? 25_000, pingTimeout: options.pingTimeout ?? 20_000 },
		socketIoProtocols: options.socketIoProtocols ?? ['socketIo4', 'socketIo3'],
		socketIoPayload: options.socketIoPayload ?? 'string',
		webSocketPayload: options.webSocketPayload ?? 'object',
		broadcastStatements: options.broadcastStatements ?? false,
	};
	const office = options.shareBankWith?.office ?? openBackOffice(options);
	const sandbox = new Sandbox(office, settings, options.shareBankWith === undefined, webOf);
	await sandbox.start();
	return sandbox;
}

function openBackOffice(options: SandboxOptions): BackOffice {
	const clock = options.clock ?? Date.now;
	const bank = new Bank({ clock, settlementDelay: options.settlementDelay ?? 0 });
	if (options.demoData ?? true) for (const opening of DEMO_ACCOUNT_OPENINGS) bank.openAccount(opening);
	const signingKey = readPrivateKey(options.serverPrivateKey ?? DEMO_PRIVATE_KEYS.server);
	if (!signingKey.ok) throw new Error('The private key of the server is base64 of 32 bytes');
	return new BackOffice(bank, new Nonces(), new ServerIdentity(signingKey.value, clock));
}
