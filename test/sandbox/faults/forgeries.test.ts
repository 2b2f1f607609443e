import { messageSignedString, readServerMessage, signedStringDigest } from '../../../client/protocol';
import { readJson } from '../../../client/protocol/json';
import type { Customer } from '../customer';
import { PROTOCOLS } from '../raw-client';
import { account, merchantUsd, Scene, tooMuch, transfer } from '../scene';

const scene = new Scene();
let customer: Customer;

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	beforeEach(async () => {
		customer = await scene.merchant(protocol);
	});

	it.each(['forgeSignature', 'signWithAnotherKey', 'addressAnotherKey', 'corruptAmount'] as const)('%s sends what is not to be believed, and the genuine one where told', async (name) => {
		for (const request of [transfer, account]) {
			scene.sandbox.faults.enable(name, { genuine: true });
			const before = customer.client.received.length;
			await customer.operate(request);
			await customer.settle();
			scene.sandbox.faults.clear();
			const came = customer.client.received.slice(before).filter(({ type }) => type === request.operation);
			const verified = await Promise.all(came.map(async (received) => Boolean(await customer.verify(received))));
			expect(verified).toEqual([false, true]);
		}
	});

	it('signWithAnotherKey can claim to be the server', async () => {
		scene.sandbox.faults.enable('signWithAnotherKey', { variant: 'asServer' });
		scene.receive('forged');
		await customer.settle();
		const came = customer.client.received.filter(({ type }) => type === 'transfer');
		expect(came).toHaveLength(1);
		expect(readJson(came[0]?.payload)?.key).toBe(scene.sandbox.serverPublicKey);
		await expect(customer.messages('transfer')).resolves.toEqual([]);
	});

	it.each([
		[transfer, 'transfer', 'sendAccount'],
		[account, 'account', 'accountNumber'],
		[tooMuch, 'error', 'nonce'],
	] as const)('answerSomethingElse is truly signed and about something else', async (request, type, field) => {
		scene.sandbox.faults.enable('answerSomethingElse');
		const nonce = await customer.operate(request);
		const message = await customer.message(type);
		expect([merchantUsd, String(nonce)]).not.toContain(message[field]);
	});

	it('nonCanonical signs every form that must not be', async () => {
		scene.sandbox.faults.enable('nonCanonical');
		await customer.operate(transfer);
		await customer.operate(account);
		await customer.operate(tooMuch);
		await customer.settle();
		const came = customer.client.received.filter(({ type }) => ['transfer', 'account', 'error'].includes(type));
		expect(came.length).toBeGreaterThan(20);
		const verified = await Promise.all(came.map(async (received) => await customer.verify(received)));
		expect(verified.filter(Boolean)).toEqual([]);
	});

	it('resplit keeps the signed string and the signature, and changes what it says', async () => {
		scene.sandbox.faults.enable('resplit');
		scene.receive('5 invoice');
		await customer.settle();
		const came = customer.client.received.filter(({ type }) => type === 'transfer');
		const genuine = came.at(-1);
		const parsed = readServerMessage('transfer', genuine?.payload);
		if (!parsed.ok) throw new Error('The genuine message cannot be read');
		const digest = signedStringDigest(messageSignedString(parsed.value));
		const forged = came.slice(0, -1).map(({ payload }) => readJson(payload));
		expect(forged.length).toBeGreaterThan(20);
		for (const forgery of forged) {
			const message = { ...forgery, type: 'transfer' } as unknown as Parameters<typeof messageSignedString>[0];
			expect(signedStringDigest(messageSignedString(message))).toBe(digest);
			expect(forgery?.signed).toBe(parsed.value.signed);
		}
		expect(new Set(came.map(({ payload }) => JSON.stringify(readJson(payload)))).size).toBe(came.length);
		await expect(customer.messages('transfer')).resolves.toHaveLength(1);
	});

	it('resplit cuts where it is told to', async () => {
		scene.sandbox.faults.enable('resplit', { boundary: 'nonce/id', genuine: false });
		const { id } = scene.receive('moved');
		await customer.settle();
		const ids = customer.client.received
			.filter(({ type }) => type === 'transfer')
			.map(({ payload }) => readJson(readJson(payload)?.params)?.id);
		expect(ids).toHaveLength(4);
		expect(ids).not.toContain(id);
		expect(ids).toContainEqual(expect.stringMatching(new RegExp(`^[0-9]${id}$`, 'u')));
	});

	it('replayOld sends an old message before the new one, exactly as it was', async () => {
		scene.receive('old');
		await customer.settle();
		scene.sandbox.faults.enable('replayOld', { times: 1 });
		scene.receive('new');
		await customer.settle();
		const [old, replayed, recent] = customer.client.received.filter(({ type }) => type === 'transfer');
		expect(replayed).toEqual(old);
		expect(recent).not.toEqual(old);
	});
});
