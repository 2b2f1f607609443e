import { createRequire } from 'node:module';

/** Loaded at run time: what is built has the types of its sources, and is not there before the build. */
const load = createRequire(__filename);

/**
 * The product as it ships: what is measured is `dist`, not the sources. Run `npm run build` first; the command of the benchmark does.
 */
export const client = load('../dist/client') as typeof import('../client');

export const triggerModules = {
	cursors: load('../dist/nodes/CryptoCapitalTrigger/cursors') as typeof import('../nodes/CryptoCapitalTrigger/cursors'),
	events: load('../dist/nodes/CryptoCapitalTrigger/events') as typeof import('../nodes/CryptoCapitalTrigger/events'),
	eventQueue:
		load('../dist/nodes/CryptoCapitalTrigger/event-queue') as typeof import('../nodes/CryptoCapitalTrigger/event-queue'),
};

export const orderedVerification =
	load('../dist/client/session/ordered-verification') as typeof import('../client/session/ordered-verification');
