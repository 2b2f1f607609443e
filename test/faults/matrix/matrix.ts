import type { FaultName } from '../../../sandbox';
import type { Outcomes, Row } from './outcomes';

type Rows = ReadonlyArray<Omit<Row, 'fault'>>;

/** Nothing leaves, whatever was asked for. */
const NOT_SENT: Partial<Outcomes> = {
	transfer: 'unpaid: notSent',
	confirmedTransfer: 'unpaid: notSent',
	failingTransfer: 'unpaid: notSent',
	transferWithReference: 'unpaid: notSent, then paid',
	referenceSearch: 'notSent',
	statement: 'notSent',
	account: 'notSent',
};

/** The transfer left, the connection ended without an answer, and the bank never did it. */
const GONE_BEFORE_EFFECT: Partial<Outcomes> = {
	transfer: 'unpaid: unknown',
	confirmedTransfer: 'unpaid: unknown',
	failingTransfer: 'unpaid: unknown',
	transferWithReference: 'unpaid: unknown, then pending',
};

/** The same, but the bank did it: who has a reference looks, and finds it. */
const GONE_AFTER_EFFECT: Partial<Outcomes> = {
	transfer: 'paid: unknown',
	confirmedTransfer: 'paid: unknown',
	failingTransfer: 'unpaid: unknown',
	transferWithReference: 'paid: confirmed, then alreadySent',
};

/** The bank says no. */
const REFUSED: Partial<Outcomes> = {
	transfer: 'unpaid: rejected',
	confirmedTransfer: 'unpaid: rejected',
	transferWithReference: 'unpaid: rejected, then paid',
	referenceSearch: 'notSent',
	statement: 'rejected',
	account: 'rejected',
};

/** The signed message does not come, and nothing else does in its place. */
const MESSAGE_MISSING: Partial<Outcomes> = {
	confirmedTransfer: 'paid: accepted',
	failingTransfer: 'unpaid: accepted',
	referenceSearch: 'paid again',
	statement: 'without that record',
	account: 'unknown',
	announcement: 'once, at the next connection',
	catchingUp: 'once, at the next connection',
};

/** Something comes in place of the signed message that cannot be trusted. It is never acted on, and the trigger fetches the statement. */
const MESSAGE_NOT_TRUSTED: Omit<Row, 'fault'> = {
	but: {
		confirmedTransfer: 'paid: accepted',
		failingTransfer: 'unpaid: accepted',
		referenceSearch: 'notSent',
		statement: 'without that record',
		account: 'unknown',
		announcement: 'once, told',
		catchingUp: 'once, told',
	},
	says: { account: /did not pass verification/u, referenceSearch: /did not pass verification/u },
};

/** The genuine message comes as well: only the trigger’s user hears of the other one. */
const NOISE_BESIDE: Partial<Outcomes> = { announcement: 'once, told', catchingUp: 'once, told' };

/**
 * Every named fault of the sandbox, and what comes of each operation while it is on. A fault befalls one operation, or one message that answers it; each row
 * says where the outcome is another one than on a day without faults.
 */
export const MATRIX: Readonly<Record<FaultName, Rows>> = {
	refuseConnections: [{ but: NOT_SENT, says: { transfer: /connection to \S+ was lost/u, statement: /connection to \S+ was lost/u } }],
	acceptAndStaySilent: [{ but: NOT_SENT, says: { transfer: /accepted the connection and then did not answer/u } }],
	halfOpenNow: [{ but: { transfer: 'unpaid: unknown', failingTransfer: 'unpaid: unknown' } }],
	halfOpen: [
		{ but: GONE_BEFORE_EFFECT },
		{ form: 'after the effect', settings: { effect: true }, but: GONE_AFTER_EFFECT },
	],
	dropBeforeAck: [{ but: GONE_BEFORE_EFFECT }],
	dropBeforeAckAfterEffect: [{ but: GONE_AFTER_EFFECT }],
	dropAfterAck: [{ but: { confirmedTransfer: 'paid: accepted', failingTransfer: 'unpaid: accepted' } }],
	loseAck: [
		{
			but: {
				// Nobody read what the account held before, so a record that looks like this transfer may be an older one.
				transfer: 'paid: unknown',
				transferWithReference: 'paid: confirmed, then alreadySent',
				referenceSearch: 'notSent',
				statement: 'unknown',
			},
		},
	],
	refuseNonce: [
		{},
		{
			form: 'every time',
			always: true,
			but: { ...REFUSED, authentication: 'once, told' },
			says: { transfer: /nonce/iu, statement: /nonce/iu, account: /nonce/iu, authentication: /refuses the key/u },
		},
	],
	refuseWithoutReason: [
		{},
		{ form: 'every time', always: true, but: { ...REFUSED, authentication: 'once, told' }, says: { authentication: /refuses the key/u } },
	],
	refuse: [
		{
			but: { ...REFUSED, authentication: 'once, told' },
			says: { transfer: /Service temporarily unavailable/u, account: /Service temporarily unavailable/u, authentication: /refuses the key/u },
		},
	],
	performLate: [
		{ form: 'in time', settings: { milliseconds: 200 } },
		{
			form: 'after the acknowledgement was given up',
			settings: { milliseconds: 5_000 },
			but: {
				transfer: 'paid late: unknown',
				transferWithReference: 'paid: confirmed, then alreadySent',
				referenceSearch: 'notSent',
				statement: 'unknown',
				account: 'unknown',
			},
		},
		{
			form: 'after everything was given up',
			settings: { milliseconds: 9_000 },
			columns: ['confirmedTransfer', 'transferWithReference'],
			but: { confirmedTransfer: 'paid late: unknown', transferWithReference: 'paid late: unknown, then pending' },
		},
	],
	settleLate: [
		{
			form: 'in time',
			settings: { milliseconds: 3_000 },
			columns: ['transfer', 'confirmedTransfer', 'transferWithReference'],
			but: { transfer: 'paid late: accepted', transferWithReference: 'paid late: accepted, then pending' },
		},
		{
			form: 'after the record was given up',
			settings: { milliseconds: 6_000 },
			columns: ['confirmedTransfer'],
			but: { confirmedTransfer: 'paid late: accepted' },
		},
	],
	neverSettle: [
		{
			but: {
				...MESSAGE_MISSING,
				transfer: 'unpaid: accepted',
				confirmedTransfer: 'unpaid: accepted',
				transferWithReference: 'unpaid: accepted, then pending',
				statement: 'no record',
				authentication: 'once, at the next connection',
			},
		},
	],
	neverAnswer: [{ but: { ...MESSAGE_MISSING, statement: 'no record' } }],
	loseMessage: [
		{ but: MESSAGE_MISSING },
		{
			form: 'the acknowledgement',
			ofAcknowledgement: true,
			but: {
				transfer: 'paid: unknown',
				transferWithReference: 'paid: confirmed, then alreadySent',
				referenceSearch: 'notSent',
				statement: 'unknown',
			},
		},
	],
	delay: [
		{ form: 'within the quiet period', settings: { milliseconds: 50 } },
		{
			form: 'until nobody waits any more',
			settings: { milliseconds: 6_000 },
			but: { ...MESSAGE_MISSING, announcement: 'once', catchingUp: 'once' },
		},
		{ form: 'the acknowledgement', ofAcknowledgement: true, settings: { milliseconds: 50 } },
	],
	duplicate: [{}, { form: 'the acknowledgement', ofAcknowledgement: true }],
	reorder: [{ settings: { count: 2, milliseconds: 50 } }],
	dropAfterMessages: [{}],
	forgeSignature: [MESSAGE_NOT_TRUSTED, { form: 'beside the genuine message', settings: { genuine: true }, but: NOISE_BESIDE }],
	signWithAnotherKey: [MESSAGE_NOT_TRUSTED, { ...MESSAGE_NOT_TRUSTED, form: 'in the server’s name', settings: { variant: 'asServer' } }],
	addressAnotherKey: [MESSAGE_NOT_TRUSTED],
	corruptAmount: [MESSAGE_NOT_TRUSTED],
	answerSomethingElse: [{ but: MESSAGE_MISSING }],
	nonCanonical: [MESSAGE_NOT_TRUSTED, { form: 'beside the genuine message', settings: { genuine: true }, but: NOISE_BESIDE }],
	resplit: [{ but: NOISE_BESIDE }],
	replayOld: [{}, { form: 'in place of the genuine message', settings: { genuine: false }, but: MESSAGE_MISSING }],
	garbage: [
		{ but: NOISE_BESIDE },
		{ form: 'in place of the genuine message', settings: { genuine: false }, ...MESSAGE_NOT_TRUSTED },
		{ form: 'beside the acknowledgement', ofAcknowledgement: true, but: { authentication: 'once, told', catchingUp: 'once, told' } },
		{
			form: 'a broken packet',
			settings: { variant: 'brokenPacket' },
			transports: ['Socket.IO 4', 'Socket.IO 2'],
			but: NOISE_BESIDE,
		},
	],
	oversizedFrame: [{ settings: { megabytes: 1 }, but: NOISE_BESIDE }],
};
