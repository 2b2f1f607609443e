import { once } from 'node:events';
import { connect } from '../../../client/transport/connect';
import type { ConnectOptions, TransportConnection, TransportHandlers } from '../../../client/transport/transport';
import type { RealServer, ServerConnection } from '../../servers/real-servers';

/** Everything a connection reported, in order. */
export type Report =
	| { message: string; payload: unknown }
	| { unreadable: 'malformed' | 'oversized' }
	| { closed: true };

/** Handlers that keep what they are told and let a test wait for it. */
export class Recorder implements TransportHandlers {
	readonly reports: Report[] = [];

	private wake = Promise.withResolvers<void>();

	onMessage(type: string, payload: unknown): void {
		this.record({ message: type, payload });
	}

	onUnreadable(reason: 'malformed' | 'oversized'): void {
		this.record({ unreadable: reason });
	}

	onClose(): void {
		this.record({ closed: true });
	}

	/** The first `count` reports, as soon as there are as many. */
	async first(count: number): Promise<Report[]> {
		while (this.reports.length < count) await this.wake.promise;
		return this.reports.slice(0, count);
	}

	private record(report: Report): void {
		this.reports.push(report);
		this.wake.resolve();
		this.wake = Promise.withResolvers<void>();
	}
}

export async function connectTo(
	server: Pick<ConnectOptions, 'url' | 'kind'>,
	options: Partial<ConnectOptions> = {},
): Promise<{ connection: TransportConnection; recorder: Recorder }> {
	const recorder = new Recorder();
	const connection = await connect({
		url: server.url,
		kind: server.kind,
		handlers: recorder,
		signal: new AbortController().signal,
		...options,
	});
	return { connection, recorder };
}

/** Connects and finds the server's end of the connection: the one that a first operation came in on. */
export async function connectBothEnds(
	server: RealServer,
): Promise<{ connection: TransportConnection; recorder: Recorder; seenByServer: ServerConnection }> {
	const { connection, recorder } = await connectTo(server);
	const operation = once(server.events, 'operation');
	connection.send('auth', '{}');
	const [seenByServer] = (await operation) as [ServerConnection];
	return { connection, recorder, seenByServer };
}
