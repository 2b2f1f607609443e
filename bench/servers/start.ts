import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Parties } from '../messages';
import { newParties } from '../messages';
import type { Command, Report } from './lean-server';

/** The lean server, seen from the process that measures. */
export interface LeanServer {
	readonly url: string;
	readonly parties: Parties;
	/** Signs `count` records and puts them in place of those before. */
	prepare(count: number, first?: number): Promise<void>;
	/** Sends prepared records to every connection, or to one of them: the first that was made is 0. */
	announce(count: number, from: number, to?: number): void;
	stop(): Promise<void>;
}

export async function startLeanServer(
	parties: Parties = newParties(),
	heartbeat: { pingInterval?: number } = {},
): Promise<LeanServer> {
	const child = fork(join(__dirname, 'lean-server.ts'), [JSON.stringify(parties), JSON.stringify(heartbeat)], { execArgv: ['--import', 'tsx'] });
	const report = async (): Promise<Report> => {
		const [message] = (await once(child, 'message')) as [Report];
		return message;
	};
	const command = (message: Command) => child.send(message);
	const first = await report();
	if (!('listening' in first)) throw new Error('The server did not say where it listens');
	return {
		url: first.listening,
		parties,
		prepare: async (count, firstIndex = 0) => {
			const prepared = report();
			command({ prepare: count, first: firstIndex });
			await prepared;
		},
		announce: (count, from, to) => command({ announce: count, from, ...(to === undefined ? {} : { to }) }),
		stop: async () => {
			const exited = once(child, 'exit');
			child.disconnect();
			await exited;
		},
	};
}
