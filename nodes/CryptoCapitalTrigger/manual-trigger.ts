import type { ITriggerFunctions, ITriggerResponse } from 'n8n-workflow';

import type { Lease, ServerMessage, VerifiedMessage } from '../../client';
import { DEFAULT_OPTIONS, getStatement, pause, readSettings, sharedConnections } from '../../client';
import { clientSettings, CREDENTIAL_NAME } from '../shared/credential';
import { triggerError } from '../shared/node-error';
import { inTransactionOrder } from './catch-up';
import type { TriggerEvent } from './events';
import { eventOf } from './events';
import type { TriggerSettings } from './settings';

/** How long the next live event is waited for before the latest real one is shown instead. */
const PATIENCE = 5_000;
/** How many of an account's transfers are looked through for one that fits. */
const LATEST = '20';

/**
 * A test in the editor: shows the next event, or after a few seconds the accounts' latest real transfer. Never invented data. Runs beside the active
 * trigger, and keeps nothing.
 */
export async function manualTrigger(node: ITriggerFunctions, settings: TriggerSettings): Promise<ITriggerResponse> {
	const connection = readSettings(clientSettings(await node.getCredentials(CREDENTIAL_NAME)));
	const closing = new AbortController();
	return {
		manualTriggerFunction: async () => {
			const lease = sharedConnections.acquire(connection);
			closing.signal.addEventListener('abort', () => lease.release(), { once: true });
			try {
				const event = await nextEvent(lease, settings, closing.signal);
				if (event) node.emit([[{ json: event.json }]]);
			} catch (error) {
				if (!closing.signal.aborted) throw triggerError(node.getNode(), error);
			} finally {
				lease.release();
			}
		},
		closeFunction: async () => closing.abort(),
	};
}

async function nextEvent(
	lease: Lease,
	settings: TriggerSettings,
	closing: AbortSignal,
): Promise<TriggerEvent | undefined> {
	const { session } = lease;
	let found: TriggerEvent | undefined;
	const arrived = new AbortController();
	const abort = () => arrived.abort();
	// While the statement is read, transfers that it replays look like live ones.
	let readingStatement = false;
	const stopListening = session.onMessage.add(({ message }: VerifiedMessage) => {
		if (readingStatement || found) return;
		found = eventOf(message, settings);
		if (found) abort();
	});
	closing.addEventListener('abort', abort, { once: true });
	try {
		await session.ready(DEFAULT_OPTIONS.ackTimeout, closing);
		await pause(session.clock, PATIENCE, arrived.signal);
		if (found || closing.aborted) return found;
		readingStatement = true;
		const latest = await latestEvent(lease, settings, closing);
		readingStatement = false;
		if (latest) return latest;
		await new Promise<void>((resolve) => {
			if (arrived.signal.aborted) resolve();
			arrived.signal.addEventListener('abort', () => resolve(), { once: true });
		});
		return found;
	} finally {
		stopListening();
		closing.removeEventListener('abort', abort);
	}
}

async function latestEvent(
	{ session }: Lease,
	settings: TriggerSettings,
	signal: AbortSignal,
): Promise<TriggerEvent | undefined> {
	const messages = [];
	for (const accountNumber of settings.accountNumbers) {
		const options = { ...DEFAULT_OPTIONS, signal };
		messages.push(...(await getStatement(session, { accountNumber, filter: { limit: LATEST } }, options)));
	}
	return inTransactionOrder(messages)
		.map((message: ServerMessage) => eventOf(message, settings))
		.findLast((event) => event !== undefined);
}
