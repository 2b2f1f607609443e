import { existsSync } from 'node:fs';

import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

import { FAULT_NAMES, FAULTS } from '../../sandbox';
import { newKeyPair } from './customer';
import { account, merchantUsd, Scene, supplierUsd } from './scene';

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const PATIENCE = 30_000;

if (!existsSync(CHROMIUM)) {
	it.skip(`the page in a browser: skipped, because there is no Chromium at ${CHROMIUM} (set CHROMIUM_PATH)`, () => undefined);
} else {
	describe('the page in a browser', () => {
		const scene = new Scene();
		let browser: Browser;
		let page: Page;
		const complaints: string[] = [];

		beforeAll(async () => {
			browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
		}, PATIENCE);

		afterAll(async () => await browser.close());

		beforeEach(async () => {
			await scene.start();
			page = await browser.newPage();
			page.on('pageerror', (error) => complaints.push(error.message));
			page.on('console', (entry) => {
				if (entry.type() === 'error') complaints.push(entry.text());
			});
			await page.goto(scene.sandbox.url);
			await page.getByTestId(`balance-${merchantUsd}`).waitFor();
		}, PATIENCE);

		afterEach(async () => {
			await page.close();
			await scene.end();
			expect(complaints.splice(0)).toEqual([]);
		});

		it('says that it is a sandbox', async () => {
			await expect(page.getByTestId('sandbox-banner').textContent()).resolves.toContain('No real money');
		}, PATIENCE);

		it('sends money in, which a client is told, and shows the new balance', async () => {
			const customer = await scene.merchant();
			await page.getByTestId('send-to').selectOption(merchantUsd);
			await page.getByTestId('send-amount').fill('150.00');
			await page.getByTestId('send-narrative').fill('Invoice <b>2041</b>');
			await page.getByTestId('send-submit').click();
			await expect(customer.message('transfer')).resolves.toMatchObject({ narrative: 'Invoice <b>2041</b>' });
			await page.getByText('25150.00 USD').waitFor();
			await page.getByTestId('ledger').getByText('Invoice <b>2041</b>').waitFor();
			await page.getByTestId('connections').getByText('webSocket').waitFor();
		}, PATIENCE);

		it('says why something cannot be done', async () => {
			await page.getByTestId('send-from').selectOption(supplierUsd);
			await page.getByTestId('send-amount').fill('1000.01');
			await page.getByTestId('send-submit').click();
			await page.getByTestId('send-result').getByText('Insufficient funds').waitFor();
			complaints.splice(0);
		}, PATIENCE);

		it('opens an account and registers a key for it', async () => {
			await page.getByTestId('open-name').fill('Savings');
			await page.getByTestId('open-balance').fill('5.00');
			await page.getByTestId('open-submit').click();
			await page.getByTestId('accounts').getByText('Savings').waitFor();
			const { publicKey } = newKeyPair();
			const opened = scene.sandbox.accounts.find(({ name }) => name === 'Savings');
			await page.getByTestId('register-account').selectOption(opened?.accountNumber ?? '');
			await page.getByTestId('register-public-key').fill(publicKey);
			await page.getByTestId('register-submit').click();
			await page.getByTestId('register-result').getByText('Registered').waitFor();
			expect(scene.sandbox.bank.isRegistered(publicKey)).toBe(true);
		}, PATIENCE);

		it('switches a fault on with its settings, counts it, and switches it off', async () => {
			const customer = await scene.merchant();
			await page.getByTestId('fault-refuse').locator('summary').click();
			const form = page.getByTestId('fault-form-refuse');
			await form.locator('[name=operation]').selectOption('account');
			await form.locator('[name=times]').fill('1');
			await page.getByTestId('fault-on-refuse').click();
			await page.getByTestId('fault-count-refuse').getByText('on, happened 0×').waitFor();
			await customer.refused(await customer.operate(account));
			await page.getByTestId('fault-count-refuse').getByText('spent, happened 1×').waitFor();
			await page.getByTestId('fault-off-refuse').click();
			await page.getByTestId('fault-count-refuse').waitFor({ state: 'detached' });
			expect(scene.sandbox.faults.active).toEqual([]);
		}, PATIENCE);

		it('sets the settlement delay, and leaves what is set about faults alone', async () => {
			await page.getByTestId('settlement-milliseconds').fill('250');
			await page.getByTestId('settlement-submit').click();
			await page.getByTestId('settlement-result').getByText('Set.').waitFor();
			expect(scene.sandbox.settlementDelay).toBe(250);
			await expect(page.getByTestId('fault-form-settleLate').locator('[name=milliseconds]').inputValue()).resolves.toBe('3000');
		}, PATIENCE);

		it('explains every fault', async () => {
			for (const name of FAULT_NAMES) {
				await expect(page.getByTestId(`fault-${name}`).textContent()).resolves.toContain(FAULTS[name].description);
			}
		}, PATIENCE);

		it('shows what clients and server say to each other', async () => {
			const customer = await scene.merchant();
			await customer.operate(account);
			await customer.message('account');
			for (const words of ['authenticated', 'operation', 'ack', 'sent']) {
				await page.getByTestId('traffic').getByText(words, { exact: true }).first().waitFor();
			}
		}, PATIENCE);

		it('cuts every connection', async () => {
			const customer = await scene.merchant();
			await page.getByTestId('connections').getByText('webSocket').waitFor();
			await page.getByTestId('drop-connections').click();
			await customer.client.end();
			await page.getByTestId('connections').getByText('Nobody is connected.').waitFor();
		}, PATIENCE);
	});
}
