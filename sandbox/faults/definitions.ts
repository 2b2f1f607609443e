import { GARBAGE_VARIANTS } from './garbage';
import { NON_CANONICAL_VARIANTS } from './non-canonical';
import type { FaultParameters } from './parameters';
import { choice, choiceOr, count, numberOr, switchOr, text, textOr } from './parameters';
import { BOUNDARIES } from './resplit';

/**
 * Where a fault comes in:
 * - `immediate`: once, on every connection that is open when it is switched on
 * - `connection`: as somebody connects
 * - `operation`: as an operation that is in order would be performed
 * - `message`: as something is sent
 */
export type FaultStage = 'immediate' | 'connection' | 'operation' | 'message';

interface FaultDefinition {
	readonly stage: FaultStage;
	readonly description: string;
	readonly parameters: FaultParameters;
}

const chance = {
	times: count('How many times it happens; every time where left out'),
	probability: numberOr('How likely it is each time, from 0 to 1', 1, 0, 1),
	seed: numberOr('Makes the same choices again with the same seed', 1),
};

const operations = {
	...chance,
	operation: choice('Which operation it befalls; any where left out', ['auth', 'transfer', 'statement', 'account']),
	key: text('The public key whose operations it befalls; anybody’s where left out'),
};

const signed = {
	...chance,
	message: choice('Which signed message it befalls; any where left out', ['transfer', 'account', 'error']),
	operation: choice('Only messages that answer this operation; a transfer made in the banking site answers none', [
		'transfer',
		'statement',
		'account',
	]),
	key: text('The public key whose messages it befalls; anybody’s where left out'),
};

const sent = {
	...signed,
	message: choice('Which message it befalls; any signed one where left out', ['transfer', 'account', 'error', 'ack', 'err']),
	operation: choice('Only messages that answer this operation', ['auth', 'transfer', 'statement', 'account']),
};

const instead = { genuine: switchOr('Send the genuine message as well, after it', false) };
const inAddition = { genuine: switchOr('Send the genuine message as well, after it', true) };

/** For what counts by itself. */
function withoutTimes<Parameters extends typeof chance>(parameters: Parameters): Omit<Parameters, 'times'> {
	const { times: _times, ...others } = parameters;
	return others;
}

export const FAULTS = {
	refuseConnections: {
		stage: 'connection',
		description: 'A new connection is cut as soon as it says what it wants.',
		parameters: chance,
	},
	acceptAndStaySilent: {
		stage: 'connection',
		description: 'A new connection is accepted, and then nothing is ever said on it.',
		parameters: chance,
	},
	halfOpenNow: {
		stage: 'immediate',
		description:
			'Every open connection stays open and falls silent for good: no answers, no pings, no end. New connections are not touched.',
		parameters: { key: text('Only connections that this public key has authenticated') },
	},
	halfOpen: {
		stage: 'operation',
		description:
			'The connection that the operation comes over stays open and falls silent for good: no answers, no pings, no end.',
		parameters: { ...operations, effect: switchOr('Perform the operation all the same', false) },
	},
	dropBeforeAck: {
		stage: 'operation',
		description: 'The connection is cut as the operation arrives. It is not performed.',
		parameters: operations,
	},
	dropBeforeAckAfterEffect: {
		stage: 'operation',
		description: 'The operation is performed, and the connection is cut before the acknowledgement.',
		parameters: operations,
	},
	dropAfterAck: {
		stage: 'operation',
		description: 'The operation is performed and acknowledged, and the connection is cut before anything else is sent.',
		parameters: operations,
	},
	loseAck: {
		stage: 'operation',
		description: 'The operation is performed and its results are sent, but never the acknowledgement.',
		parameters: operations,
	},
	refuseNonce: {
		stage: 'operation',
		description: 'The operation is refused for its nonce, as if another client had used a higher one.',
		parameters: operations,
	},
	refuseWithoutReason: {
		stage: 'operation',
		description: 'The operation is refused, without a word why.',
		parameters: operations,
	},
	refuse: {
		stage: 'operation',
		description: 'The operation is refused for another reason than its nonce.',
		parameters: { ...operations, reason: textOr('What the refusal says', 'Service temporarily unavailable') },
	},
	performLate: {
		stage: 'operation',
		description: 'The operation waits in the server before it is performed and acknowledged.',
		parameters: { ...operations, milliseconds: numberOr('How long it waits', 3000) },
	},
	settleLate: {
		stage: 'operation',
		description: 'A transfer is acknowledged at once, and booked and announced only later.',
		parameters: { ...operations, milliseconds: numberOr('How much later', 3000) },
	},
	neverSettle: {
		stage: 'operation',
		description: 'The operation is acknowledged, and then forgotten: nothing is booked and nothing is sent.',
		parameters: operations,
	},
	neverAnswer: {
		stage: 'operation',
		description: 'The operation is performed and acknowledged, but no signed message about it is ever sent, to anybody.',
		parameters: operations,
	},
	loseMessage: {
		stage: 'message',
		description: 'A message is not sent.',
		parameters: sent,
	},
	delay: {
		stage: 'message',
		description: 'A message is sent later than it should be. What comes after it does not wait.',
		parameters: { ...sent, milliseconds: numberOr('How much later', 1000) },
	},
	duplicate: {
		stage: 'message',
		description: 'A message is sent several times, unchanged.',
		parameters: { ...sent, copies: numberOr('How many more times', 1, 1, 1000) },
	},
	reorder: {
		stage: 'message',
		description: 'Messages are kept back until there are enough of them, and then sent in reverse.',
		parameters: {
			...sent,
			count: numberOr('How many are turned round together', 2, 2, 1000),
			milliseconds: numberOr('After how long they are sent where there never are enough', 1000),
		},
	},
	dropAfterMessages: {
		stage: 'message',
		description: 'The connection is cut, once, when enough of the messages were sent: in the middle of a statement, for one.',
		parameters: { ...withoutTimes(sent), count: numberOr('After how many messages', 1, 1) },
	},
	forgeSignature: {
		stage: 'message',
		description: 'The signature has the right form and is not the message’s.',
		parameters: { ...signed, ...instead },
	},
	signWithAnotherKey: {
		stage: 'message',
		description: 'The message is signed with a key that is not the server’s.',
		parameters: {
			...signed,
			...instead,
			variant: choiceOr('Whose key it names', ['asItself', 'asServer'], 'asItself'),
		},
	},
	addressAnotherKey: {
		stage: 'message',
		description: 'The message is truly signed, but addressed to somebody else.',
		parameters: { ...signed, ...instead },
	},
	corruptAmount: {
		stage: 'message',
		description: 'An amount, or what an error says, is changed after signing.',
		parameters: { ...signed, ...instead },
	},
	answerSomethingElse: {
		stage: 'message',
		description:
			'Truly signed, and not what was asked: another account’s balance, an error for a nonce that nobody used, a transfer between strangers.',
		parameters: { ...signed, ...instead },
	},
	nonCanonical: {
		stage: 'message',
		description: 'Truly signed, with a field in a form that it must not have.',
		parameters: {
			...signed,
			...instead,
			variant: choiceOr('Which field, and how', ['all', ...NON_CANONICAL_VARIANTS], 'all'),
		},
	},
	resplit: {
		stage: 'message',
		description: 'The same signed string, and so a valid signature, cut into other fields: an old transfer that looks new.',
		parameters: {
			...signed,
			...inAddition,
			boundary: choiceOr('Between which fields characters move', ['all', ...BOUNDARIES], 'all'),
		},
	},
	replayOld: {
		stage: 'message',
		description: 'A genuine message from the past is sent again, exactly as it was.',
		parameters: { ...signed, ...inAddition, count: numberOr('How many old messages, the oldest first', 1, 1, 100) },
	},
	garbage: {
		stage: 'message',
		description: 'Something that is no message: broken JSON, wrong types, binary data.',
		parameters: { ...sent, ...inAddition, variant: choiceOr('What kind', ['all', ...GARBAGE_VARIANTS], 'all') },
	},
	oversizedFrame: {
		stage: 'message',
		description: 'A message that is truly signed and far too long.',
		parameters: { ...sent, ...inAddition, megabytes: numberOr('How long', 10, 0.001, 100) },
	},
} as const satisfies Readonly<Record<string, FaultDefinition>>;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export function isFaultName(name: string): name is FaultName {
	return Object.hasOwn(FAULTS, name);
}
