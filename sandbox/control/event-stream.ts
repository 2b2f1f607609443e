import type { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

import type { SandboxEvent, SandboxEvents } from '../events';
import type { Sandbox } from '../sandbox';

const STREAMED: readonly SandboxEvent[] = [
	'connected',
	'disconnected',
	'authenticated',
	'operation',
	'ack',
	'err',
	'settled',
	'failed',
	'registered',
	'sent',
	'fault',
];

/** Tells everything that happens from now on, as server-sent events, until the other side goes away or the sandbox is closed. */
export function streamEvents(sandbox: Sandbox, response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
	response.write('retry: 1000\n\n');
	// One listener for each name, typed by that name: an emitter's own types cannot follow a list of names.
	const emitter = sandbox as EventEmitter;
	const listeners = STREAMED.map((name) => {
		const listener = (happened: SandboxEvents[typeof name][0]) => {
			response.write(`event: ${name}\ndata: ${JSON.stringify(tellable(happened))}\n\n`);
		};
		emitter.on(name, listener);
		return { name, listener };
	});
	const faultsChanged = () => response.write('event: faults\ndata: {}\n\n');
	sandbox.faults.on('enabled', faultsChanged);
	sandbox.faults.on('disabled', faultsChanged);
	response.on('close', () => {
		for (const { name, listener } of listeners) emitter.off(name, listener);
		sandbox.faults.off('enabled', faultsChanged);
		sandbox.faults.off('disabled', faultsChanged);
	});
}

/** What faults send may be garbage of many megabytes: that it was sent is all there is to tell. */
function tellable<Happened extends object>(happened: Happened): Happened {
	return 'genuine' in happened && happened.genuine === false ? { ...happened, payload: undefined } : happened;
}
