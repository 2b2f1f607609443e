import type { CryptoCapitalClient, OperationOptions, SendTransferOptions } from '../../client/client';
import type { SessionOptions } from '../../client/session/session';
import type { ClientSettings } from '../../client/settings';
import type { Sandbox, SandboxOptions } from '../../sandbox';
import { startSandbox } from '../../sandbox';
import { freshKey, TestPool } from './clients';
import type { NamedKey } from './keys';

/** Long enough that nothing ends by it: a test that wants a time-out skips the clock. */
const HOUR = 3_600_000;

export const PATIENT: OperationOptions & SendTransferOptions = {
	ackTimeout: HOUR,
	responseTimeout: HOUR,
	confirmationTimeout: HOUR,
	// Long enough for a busy machine to get a record through, short enough to wait for often.
	quietPeriod: 400,
};

/** A sandbox, two accounts of our own key with 1,000.00 USD each, one of a stranger's, and a client whose connection is there. */
export class World {
	readonly ours: string;

	readonly ourOther: string;

	readonly theirs: string;

	private constructor(
		readonly sandbox: Sandbox,
		readonly key: NamedKey,
		readonly connections: TestPool,
		readonly client: CryptoCapitalClient,
	) {
		const open = (publicKeys: string[]) =>
			sandbox.openAccount({ currency: 'USD', openingBalance: '1000.00', publicKeys }).accountNumber;
		[this.ours, this.ourOther, this.theirs] = [open([key.publicKey]), open([key.publicKey]), open([])];
	}

	static async begin(options: SandboxOptions = {}, overrides: Partial<SessionOptions> = {}): Promise<World> {
		const key = freshKey();
		const sandbox = await startSandbox({ demoData: false, ...options });
		const connections = new TestPool(overrides);
		const world = new World(sandbox, key, connections, connections.client(World.settings(sandbox, key)));
		await world.client.ready();
		return world;
	}

	private static settings(sandbox: Sandbox, key: NamedKey): ClientSettings {
		return { serverUrl: sandbox.url, transport: 'webSocket', privateKey: key.privateKey, serverPublicKey: sandbox.serverPublicKey };
	}

	/** Another process with the same key: a connection, a clock and listeners of its own. */
	async anotherProcess(): Promise<{ client: CryptoCapitalClient; connections: TestPool }> {
		const connections = new TestPool();
		return { connections, client: await connections.readyClient(World.settings(this.sandbox, this.key)) };
	}

	/** Money that comes in from a stranger. */
	receive(amount: string, narrative: string): string {
		return this.sandbox.sendMoney({ from: this.theirs, to: this.ours, amount, narrative }).id;
	}

	/** What left our account. */
	sent(): string[] {
		return this.sandbox.ledger.filter(({ sendAccount }) => sendAccount === this.ours).map(({ narrative }) => narrative);
	}

	skip(milliseconds: number): void {
		this.connections.clock.skip(milliseconds);
	}

	async end(): Promise<void> {
		this.connections.close();
		await this.sandbox.close();
	}
}
