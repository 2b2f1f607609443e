import { strict as assert } from 'node:assert';

import type { Transaction } from '../../../sandbox';
import type { Payment, World } from './world';

/** What must hold at every moment of every schedule. */
export function checkAlways(world: World): void {
	const { ledger } = world.bank;
	for (const reference of referencesOf(world)) {
		assert.ok(paidWith(ledger, reference).length <= 1, `${reference} was paid ${paidWith(ledger, reference).length} times`);
	}
	for (const payment of world.payments) {
		const times = bookedOnce(ledger, payment).length;
		assert.ok(payment.reference !== undefined || times <= 1, `${payment.narrative} was paid ${times} times`);
	}
	const ids = world.started.map(({ id }) => id);
	assert.equal(new Set(ids).size, ids.length, `Started twice: ${ids.filter((id, index) => ids.indexOf(id) !== index).join(', ')}`);
	for (const { id, amount, narrative, counterparty } of world.started) {
		const transaction = world.received.find((received) => received.id === id);
		assert.ok(transaction, `Transaction ${id} started an execution, and is no transfer to the account since it is watched`);
		assert.deepEqual([amount, narrative, counterparty], ['12.50', transaction.narrative, world.bank.customer]);
	}
}

/** What must hold when everything has ended. */
export function checkInTheEnd(world: World): void {
	checkAlways(world);
	const { ledger } = world.bank;
	for (const { id, narrative } of world.received) {
		const times = world.completed.filter((completed) => completed === id).length;
		const wanted = world.cutOff.has(id) ? [0, 1] : [1];
		assert.ok(wanted.includes(times), `${narrative} has ${times} completed executions`);
	}
	for (const payment of world.payments) {
		const booked = payment.reference === undefined ? bookedOnce(ledger, payment) : paidWith(ledger, payment.reference);
		const told = `The answer to ${payment.reference ?? payment.narrative} was ${payment.answer}`;
		assert.ok(payment.answer !== undefined && ANSWERS.includes(payment.answer), `${told}: ${payment.message}`);
		if (payment.answer === 'confirmed') assert.equal(booked.length, 1, told);
		// With a reference, another payment may have been made.
		if (['rejected', 'notSent'].includes(payment.answer) && payment.reference === undefined) assert.equal(booked.length, 0, told);
	}
	for (const reference of referencesOf(world)) {
		const answers = world.payments.filter((payment) => payment.reference === reference).map(({ answer }) => answer ?? '');
		const booked = paidWith(ledger, reference).length;
		// With "Retry On Fail" an answer is that of the last try, and an earlier one may have sent.
		const isFinal = world.payments.every(({ reference: other, retries }) => other !== reference || retries === 0);
		if (isFinal && answers.every((answer) => answer === 'rejected' || answer === 'notSent')) assert.equal(booked, 0, `${reference}: ${answers.join()}`);
		if (answers.includes('accepted') && booked === 0) continue;
		// What nobody can know may stay so, but then somebody was told, or was killed.
		const mayBeMissing = answers.some((answer) => ['unknown', 'killed', 'pending', 'rejected', 'notSent'].includes(answer));
		assert.ok(booked === 1 || mayBeMissing, `${reference}: ${answers.join()}`);
	}
}

const ANSWERS = ['accepted', 'confirmed', 'pending', 'rejected', 'notSent', 'unknown', 'killed'];

function referencesOf({ payments }: World): string[] {
	return [...new Set(payments.flatMap(({ reference }) => reference ?? []))];
}

function paidWith(ledger: readonly Transaction[], reference: string): Transaction[] {
	return ledger.filter(({ narrative }) => narrative.endsWith(`[${reference}]`));
}

function bookedOnce(ledger: readonly Transaction[], { narrative }: Payment): Transaction[] {
	return ledger.filter((transaction) => transaction.narrative === narrative);
}
