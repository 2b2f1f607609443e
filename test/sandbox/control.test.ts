import { request } from 'node:http';

import { newKeyPair } from './customer';
import { account, merchantUsd, Scene, supplierUsd } from './scene';

const scene = new Scene();

beforeEach(async () => await scene.start());
afterEach(async () => await scene.end());

async function ask(method: string, path: string, body?: unknown) {
	const response = await fetch(scene.sandbox.url + path, {
		method,
		...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
	});
	return { status: response.status, value: (await response.json()) };
}

/** With headers that `fetch` would not let through. */
async function askAs(headers: Record<string, string>, method = 'GET', path = '/control/state'): Promise<number | undefined> {
	return await new Promise((resolve, reject) => {
		const asked = request(scene.sandbox.url + path, { method, headers, agent: false }, (response) => {
			response.resume();
			resolve(response.statusCode);
		});
		asked.on('error', reject);
		asked.end(method === 'POST' ? '{}' : undefined);
	});
}

it('opens an account', async () => {
	const { status, value } = await ask('POST', '/control/accounts', { currency: 'GBP', name: 'Savings', openingBalance: '7.50' });
	expect(status).toBe(201);
	expect(value).toMatchObject({ currency: 'GBP', name: 'Savings', balance: '7.50', keys: [] });
});

it('registers a key by the 1.00 transfer', async () => {
	const { publicKey } = newKeyPair();
	const { status, value } = await ask('POST', '/control/registrations', { accountNumber: supplierUsd, publicKey });
	expect(status).toBe(201);
	expect(value).toMatchObject({ sendAmount: '1.00', narrative: publicKey });
	expect(scene.sandbox.bank.isRegistered(publicKey)).toBe(true);
});

it('sends money in, which is announced', async () => {
	const customer = await scene.merchant();
	const { status } = await ask('POST', '/control/transfers', { to: merchantUsd, amount: '150.00', narrative: 'Invoice 2041' });
	expect(status).toBe(201);
	await expect(customer.message('transfer')).resolves.toMatchObject({ narrative: 'Invoice 2041', receiveAmount: '150.00' });
});

it('shows accounts, the ledger, connections and all of it together', async () => {
	await scene.merchant();
	const { id } = scene.receive('shown');
	await expect(ask('GET', '/control/accounts')).resolves.toMatchObject({
		value: expect.arrayContaining([expect.objectContaining({ accountNumber: merchantUsd, balance: '25150.00' })]),
	});
	const ledger = await ask('GET', `/control/ledger?account=${merchantUsd}`);
	expect(ledger.value).toMatchObject([{ narrative: 'Opening balance' }, { id, narrative: 'shown' }]);
	await expect(ask('GET', '/control/connections')).resolves.toMatchObject({ value: [{ protocol: 'webSocket' }] });
	await expect(ask('GET', '/control/state')).resolves.toMatchObject({
		value: { url: scene.sandbox.url, serverPublicKey: scene.sandbox.serverPublicKey, settlementDelay: 0 },
	});
});

it('switches faults on and off', async () => {
	const customer = await scene.merchant();
	const { status, value } = await ask('POST', '/control/faults', { name: 'refuse', settings: { operation: 'account', reason: 'Tea' } });
	expect(status).toBe(201);
	await expect(customer.refused(await customer.operate(account))).resolves.toBe('Tea');
	await expect(ask('GET', '/control/faults')).resolves.toMatchObject({ value: { active: [{ name: 'refuse', applied: 1 }] } });
	await ask('DELETE', `/control/faults/${(value as { id: string }).id}`);
	await customer.acknowledged(await customer.operate(account));
	await ask('POST', '/control/faults', { name: 'loseAck' });
	await ask('DELETE', '/control/faults');
	expect(scene.sandbox.faults.active).toEqual([]);
});

it('cuts connections and sets the settlement delay', async () => {
	const customer = await scene.merchant();
	await ask('DELETE', '/control/connections');
	await customer.client.end();
	await ask('PUT', '/control/settlement-delay', { milliseconds: 250 });
	expect(scene.sandbox.settlementDelay).toBe(250);
});

it('tells what happens as it happens', async () => {
	const response = await fetch(`${scene.sandbox.url}/control/events`);
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	scene.receive('streamed');
	let told = '';
	while (!told.includes('streamed')) told += (await reader?.read())?.value ?? '';
	expect(told).toContain('event: settled');
	await reader?.cancel();
});

it.each([
	['POST', '/control/accounts', { currency: 'XAU' }, 422],
	['POST', '/control/accounts', {}, 400],
	['POST', '/control/transfers', { to: '9999999999', amount: '1.00' }, 422],
	['POST', '/control/transfers', { to: merchantUsd, amount: 1 }, 400],
	['POST', '/control/transfers', { to: merchantUsd, amount: '0.001' }, 422],
	['POST', '/control/transfers', [], 400],
	['POST', '/control/registrations', { accountNumber: merchantUsd, publicKey: 'x' }, 422],
	['POST', '/control/faults', { name: 'toString' }, 404],
	['POST', '/control/faults', { name: 'loseAck', settings: { times: 'often' } }, 400],
	['POST', '/control/faults', { name: 'loseAck', settings: 'often' }, 400],
	['PUT', '/control/settlement-delay', { milliseconds: -1 }, 400],
	['GET', '/control/constructor', undefined, 404],
	['GET', '/nothing', undefined, 404],
	['POST', '/control/accounts', { name: 'x'.repeat(200_000) }, 413],
])('answers %s %s %p with %d and words', async (method, path, body, status) => {
	const before = scene.sandbox.ledger.length;
	const answer = await ask(method, path, body);
	expect(answer).toEqual({ status, value: expect.objectContaining({ message: expect.any(String) }) });
	expect(scene.sandbox.ledger).toHaveLength(before);
});

it('is for this machine only, and for no other web site', async () => {
	const { port } = scene.sandbox;
	await expect(askAs({})).resolves.toBe(200);
	await expect(askAs({ host: `localhost:${port}`, origin: `http://localhost:${port}` })).resolves.toBe(200);
	await expect(askAs({ host: `bank.example:${port}` })).resolves.toBe(403);
	await expect(askAs({ host: '127.0.0.1.bank.example' })).resolves.toBe(403);
	await expect(askAs({ origin: 'https://bank.example' })).resolves.toBe(403);
	await expect(askAs({ origin: 'null' })).resolves.toBe(403);
	await expect(askAs({ 'content-type': 'text/plain' }, 'POST', '/control/transfers')).resolves.toBe(415);
});

it('brings a page that says what it is and loads nothing from elsewhere', async () => {
	const response = await fetch(scene.sandbox.url);
	const page = await response.text();
	expect(page).toContain('SANDBOX');
	expect(page).toContain('No real money');
	expect(page).not.toMatch(/(?:src|href)="(?!data:)/u);
	expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});
