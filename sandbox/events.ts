import type { Transaction } from './bank/ledger';
import type { FaultName } from './faults/definitions';
import type { ConnectionProtocol } from './server/connection';

/** What happens in a sandbox, for demonstrations, tests and its page. */
export interface SandboxEvents {
	connected: [{ connection: string; protocol: ConnectionProtocol }];
	disconnected: [{ connection: string }];
	authenticated: [{ connection: string; key: string }];
	/** An operation arrived; nothing is known yet of whether it is in order. */
	operation: [{ connection: string; operation: string; key: string | undefined; nonce: number | undefined; params: unknown }];
	ack: [{ connection: string; operation: string; key: string; nonce: number }];
	err: [{ connection: string; operation: string; key: string | undefined; nonce: number | undefined; reason: string | undefined }];
	/** A transaction is in the ledger; with key and nonce where it came over the API. */
	settled: [{ transaction: Transaction; key: string | undefined; nonce: number | undefined }];
	/** An acknowledged transfer could not be done. */
	failed: [{ key: string; nonce: number; reason: string }];
	registered: [{ accountNumber: string; key: string }];
	/** Something was put on a connection. `genuine` is false for everything that faults made or repeated. */
	sent: [{ connection: string; key: string | undefined; type: string; payload: unknown; genuine: boolean }];
	fault: [{ fault: FaultName; id: string; operation: string | undefined; message: string | undefined }];
}

export type SandboxEvent = keyof SandboxEvents;

/** Counted from the start of the sandbox, across restarts. */
export interface SandboxCounters {
	connections: number;
	operations: number;
	acknowledged: number;
	refused: number;
	/** Operations refused for a nonce that was not higher than the last; a fault that says so is not counted. */
	refusedNonces: number;
	transactions: number;
	messages: number;
}
