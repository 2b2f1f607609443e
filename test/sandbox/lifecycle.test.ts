import { once } from 'node:events';

import WebSocket from 'ws';

import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS, startSandbox } from '../../sandbox';
import { selfSignedCertificate } from '../servers/certificate';
import { Customer, signingKey } from './customer';
import { connect, PROTOCOLS } from './raw-client';
import { account, merchantUsd, Scene, supplierUsd, transfer } from './scene';

const scene = new Scene();

afterEach(async () => await scene.end());

describe.each(PROTOCOLS)('over %s', (protocol) => {
	it('stops, and comes back on the same port with the same bank', async () => {
		await scene.start();
		const customer = await scene.merchant(protocol);
		await customer.operate(transfer);
		await customer.message('transfer');
		const { url, ledger } = scene.sandbox;

		await scene.sandbox.stop();
		await customer.client.end();
		await expect(connect(scene.sandbox, protocol)).rejects.toThrow();
		expect(scene.sandbox.connections).toEqual([]);

		await scene.sandbox.restart();
		expect(scene.sandbox.url).toBe(url);
		expect(scene.sandbox.ledger).toEqual(ledger);
		const again = await scene.merchant(protocol);
		await again.operate(account);
		await expect(again.message('account')).resolves.toMatchObject({ balance: '24987.50' });
	});

	it('cuts every connection, and takes new ones', async () => {
		await scene.start();
		const customer = await scene.merchant(protocol);
		scene.sandbox.dropConnections();
		await customer.client.end();
		await scene.merchant(protocol);
	});

	it('tells of connections as long as they are there', async () => {
		await scene.start();
		const customer = await scene.merchant(protocol);
		expect(scene.sandbox.connections).toEqual([{ id: 'connection-1', protocol, keys: [DEMO_PUBLIC_KEYS.merchant] }]);
		const gone = scene.sandbox.next('disconnected');
		customer.close();
		await gone;
		expect(scene.sandbox.connections).toEqual([]);
	});
});

it('settles what was acknowledged before it stopped', async () => {
	await scene.start({ settlementDelay: 50 });
	const customer = await scene.merchant();
	await customer.acknowledged(await customer.operate(transfer));
	const settled = scene.sandbox.next('settled');
	await scene.sandbox.stop();
	await settled;
	expect(scene.sandbox.balance(supplierUsd)).toBe('1012.50');
});

it('lets two servers stand before one bank, with one nonce register', async () => {
	await scene.start();
	const second = await startSandbox({ shareBankWith: scene.sandbox });
	const here = await scene.merchant();
	const there = scene.with(await Customer.authenticated(second, 'webSocket', DEMO_PRIVATE_KEYS.merchant));
	const used = await here.signed(account);
	await here.operate(transfer);
	await Promise.all([here.message('transfer'), there.message('transfer')]);
	there.client.send('account', used);
	await expect(there.refused(used.nonce)).resolves.toContain('Nonce');
	expect(second.ledger).toEqual(scene.sandbox.ledger);
	await second.close();

	await here.operate(transfer);
	await expect(here.messages('transfer')).resolves.toHaveLength(2);
});

it('speaks TLS with the certificate that it is given', async () => {
	await scene.start({ tls: selfSignedCertificate() });
	expect(scene.sandbox.url).toMatch(/^https:/u);
	const trusting = new WebSocket(scene.sandbox.webSocketUrl, { rejectUnauthorized: false });
	await once(trusting, 'open');
	trusting.terminate();
	const wary = new WebSocket(scene.sandbox.webSocketUrl);
	await expect(once(wary, 'open')).rejects.toThrow(/self-signed/u);
});

it('signs with the key that it is given, and begins empty where told', async () => {
	await scene.start({ demoData: false, serverPrivateKey: DEMO_PRIVATE_KEYS.merchant });
	expect(scene.sandbox.serverPublicKey).toBe(signingKey(DEMO_PRIVATE_KEYS.merchant).publicKey);
	expect(scene.sandbox.ledger).toEqual([]);
	expect(scene.sandbox.accounts.filter(({ kind }) => kind === 'customer')).toEqual([]);
	await expect(startSandbox({ serverPrivateKey: 'short' })).rejects.toThrow('private key');
});

it('says when something does not happen in time, and listens no longer', async () => {
	await scene.start();
	await expect(scene.sandbox.next('settled', () => false, 20)).rejects.toThrow('No settled within 20 ms');
	expect(scene.sandbox.listenerCount('settled')).toBe(0);
});

it('documents keys that belong together, and accounts that exist', async () => {
	await scene.start();
	for (const name of ['merchant', 'server'] as const) {
		expect(signingKey(DEMO_PRIVATE_KEYS[name]).publicKey).toBe(DEMO_PUBLIC_KEYS[name]);
	}
	for (const accountNumber of Object.values(DEMO_ACCOUNTS)) expect(scene.sandbox.bank.has(accountNumber)).toBe(true);
	expect(scene.sandbox.balance(merchantUsd)).toBe('25000.00');
});

it('refuses a second sandbox on its port', async () => {
	await scene.start();
	await expect(startSandbox({ port: scene.sandbox.port })).rejects.toThrow('EADDRINUSE');
});
