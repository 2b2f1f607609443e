/**
 * The product as it ships: what is measured is `dist`, not the sources. Run `npm run build` first; the command of the benchmark does.
 */
export const client = require('../dist/client') as typeof import('../client');

export const triggerModules = {
	cursors: require('../dist/nodes/CryptoCapitalTrigger/cursors') as typeof import('../nodes/CryptoCapitalTrigger/cursors'),
	events: require('../dist/nodes/CryptoCapitalTrigger/events') as typeof import('../nodes/CryptoCapitalTrigger/events'),
	eventQueue:
		require('../dist/nodes/CryptoCapitalTrigger/event-queue') as typeof import('../nodes/CryptoCapitalTrigger/event-queue'),
};

export const orderedVerification =
	require('../dist/client/session/ordered-verification') as typeof import('../client/session/ordered-verification');
