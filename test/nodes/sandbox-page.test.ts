import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { BrowserContext } from 'playwright-core';
import { merchantUsd, next, PATIENCE, started, World } from './world';

const CHROMIUM = '/usr/bin/chromium';
const ARGUMENTS = [
	'--no-sandbox',
	'--disable-gpu',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-quic',
];
const STARTING = 30_000;

const hasChromium = existsSync(CHROMIUM);
const title = 'money that is sent in on the sandbox’s page starts the workflow';

if (!hasChromium) {
	it.skip(`${title}: SKIPPED, because there is no Chromium at ${CHROMIUM}`, () => {});
} else {
	let world: World;
	let profile: string;
	let browser: BrowserContext;
	beforeAll(async () => {
		world = await World.open();
		profile = await mkdtemp(join(tmpdir(), 'sandbox-page-'));
		browser = await chromium.launchPersistentContext(profile, {
			executablePath: CHROMIUM,
			headless: true,
			args: ARGUMENTS,
			timeout: STARTING,
		});
		browser.setDefaultTimeout(PATIENCE);
	}, 2 * STARTING);
	afterAll(async () => {
		await browser.close();
		await world.close();
		await rm(profile, { recursive: true, force: true });
	}, STARTING);

	it(title, async () => {
		const active = await world.activate();
		const page = await browser.newPage();
		const problems: string[] = [];
		page.on('pageerror', ({ message }) => problems.push(message));
		await page.goto(world.sandbox.url);
		expect(await page.getByTestId('sandbox-banner').textContent()).toMatch(/SANDBOX.*No real money/);

		const form = page.getByTestId('send-money');
		await form.getByTestId('send-to').selectOption(merchantUsd);
		await form.getByTestId('send-amount').fill('150.10');
		await form.getByTestId('send-narrative').fill('Invoice <b>7</b> 😀');
		await form.getByTestId('send-submit').click();
		const execution = await next(active.endedExecutions);

		expect(execution.run?.status).toBe('success');
		expect(execution.items[0]?.json).toMatchObject({
			event: 'incomingTransfer',
			accountNumber: merchantUsd,
			amount: '150.10',
			currency: 'USD',
			narrative: 'Invoice <b>7</b> 😀',
		});
		const id = execution.items[0]?.json.id as string;
		await page.getByText(`Booked as ${id}: 150.10 USD.`).waitFor();
		await page.getByTestId(`transaction-${id}`).getByText('Invoice <b>7</b> 😀').waitFor();
		await page.getByTestId(`balance-${merchantUsd}`).getByText('25150.10 USD').waitFor();
		expect(started(active.executions)).toHaveLength(1);
		expect(problems).toEqual([]);
	}, 2 * STARTING);
}
