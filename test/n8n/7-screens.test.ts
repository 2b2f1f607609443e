import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';

import type { Browser, Locator, Page } from 'playwright-core';

import type { Sandbox } from '../../sandbox';
import { DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import type { ImportedWorkflow } from '../../scripts/n8n/examples';
import { importExamples } from '../../scripts/n8n/examples';
import { temporaryFolder } from '../../scripts/n8n/temporary';
import { findChromium, openBrowser, openEditor } from './support/browser';
import { eventually } from './support/eventually';
import { executionsOf } from './support/executions';
import { Instance } from './support/instance';
import { keptUntilTheEnd } from './support/keep';

const ROOT = path.resolve(__dirname, '../..');
const chromium = findChromium();
if (chromium === undefined) process.stdout.write('SKIPPED: the pictures of the editor. There is no Chromium; CHROMIUM_PATH names one.\n');

(chromium === undefined ? describe.skip : describe)('on the screen', () => {
	const keep = keptUntilTheEnd();
	let sandbox: Sandbox;
	let instance: Instance;
	let browser: Browser;
	let examples: ImportedWorkflow[];
	/** The README's pictures are only made anew when somebody asks for it. */
	let directory: string;

	beforeAll(async () => {
		if (process.env.SCREENSHOTS === 'keep') directory = path.join(ROOT, 'docs/images');
		else {
			directory = await temporaryFolder('screens');
			keep({ close: async () => await rm(directory, { recursive: true, force: true }) });
		}
		await mkdir(directory, { recursive: true });
		sandbox = keep(await startSandbox());
		instance = keep(await Instance.start());
		examples = await importExamples(instance.api, path.join(ROOT, 'examples'), {
			serverUrl: sandbox.url,
			serverPublicKey: sandbox.serverPublicKey,
			privateKey: DEMO_PRIVATE_KEYS.merchant,
		});
		browser = keep(await openBrowser(chromium ?? ''));
	});

	async function open(file: string, theme: 'light' | 'dark' = 'light'): Promise<Page> {
		const page = await openEditor(browser, instance, theme);
		await page.goto(example(file).url);
		await page.getByTestId('canvas-node').first().waitFor();
		return page;
	}

	function example(file: string): ImportedWorkflow {
		const found = examples.find((candidate) => candidate.file === file);
		if (!found) throw new Error(`There is no example ${file}`);
		return found;
	}

	/** Takes a picture of the page, or of a part of it, when nothing moves any more. */
	async function picture(page: Page, name: string, clip?: { x: number; y: number; width: number; height: number }): Promise<void> {
		await page.mouse.move(0, 0);
		await page.waitForLoadState('networkidle');
		await page.screenshot({ path: path.join(directory, `${name}.png`), animations: 'disabled', ...(clip && { clip }) });
	}

	/** The upper part of the panel at the right. */
	async function panelOf(page: Page, height: number): Promise<{ x: number; y: number; width: number; height: number }> {
		const box = await page.getByTestId('node-creator').boundingBox();
		if (!box) throw new Error('The panel is not open');
		return { ...box, height };
	}

	/** Every icon is there, and no text is cut off. */
	async function looksRight(items: Locator): Promise<void> {
		const problems = await items.evaluateAll((elements) =>
			(elements as unknown as Array<{ querySelectorAll(selector: string): Iterable<PageElement> }>).flatMap((element) => [
				...[...element.querySelectorAll('img')].filter((image) => !(image.complete && image.naturalWidth > 0)).map((image) => `no picture ${image.src}`),
				...[...element.querySelectorAll('span, label, p')].filter((text) => text.scrollWidth > text.clientWidth + 1 && text.clientWidth > 0).map((text) => `cut off: ${text.textContent}`),
			]),
		);
		expect(problems).toEqual([]);
	}

	test.each(['light', 'dark'] as const)('the nodes in the panel, %s', async (theme) => {
		const page = await open('send-a-transfer', theme);
		await page.getByTestId('node-creator-plus-button').click();
		await page.getByTestId('node-creator-search-bar').waitFor();
		await page.keyboard.type('Crypto Capital');
		const item = page.getByTestId('node-creator-action-item').filter({ hasText: 'Crypto Capital' });
		await item.waitFor();
		await looksRight(item);
		await item.click();
		await page.getByText('Triggers (3)').click();
		const actions = ['Get an account', 'Get the registration of an account', 'Get a statement', 'Send a transfer'];
		for (const action of [...actions, 'On a failed transfer', 'On an incoming transfer', 'On an outgoing transfer']) {
			await page.getByTestId('node-creator-item-name').getByText(action, { exact: true }).waitFor();
		}
		await picture(page, `panel-${theme}`, await panelOf(page, 740));
		await page.context().close();
	});

	test('a finished execution, and the action’s parameters', async () => {
		const page = await open('pay-an-approved-invoice');
		await page.getByTestId('execute-workflow-button-Start').click({ force: true });
		const { id } = example('pay-an-approved-invoice');
		const execution = await eventually('the execution', async () => (await executionsOf(instance.api, id)).find(({ status }) => status !== 'running' && status !== 'new'), 60_000);
		expect(execution.status).toBe('success');
		await page.goto(`/workflow/${id}/executions/${execution.id}`);
		await page.getByTestId('execution-preview-details').or(page.getByText('Succeeded', { exact: false }).first()).first().waitFor();
		await picture(page, 'execution');
		await page.goto(`/workflow/${id}`);
		await page.getByTestId('canvas-node').filter({ hasText: 'Pay it' }).dblclick();
		const parameters = page.getByTestId('node-parameters');
		for (const label of ['Account Number', 'Beneficiary', 'Currency', 'Amount', 'Narrative', 'Reference', 'Wait for Confirmation', 'Options']) {
			await parameters.getByText(label, { exact: true }).first().waitFor();
		}
		await looksRight(parameters);
		await picture(page, 'action');
		await page.context().close();
	});

	test('the trigger’s parameters', async () => {
		const page = await open('credit-a-customer');
		await page.getByTestId('canvas-node').filter({ hasText: 'Money came in' }).dblclick();
		const parameters = page.getByTestId('node-parameters');
		for (const label of ['Events', 'Account Numbers', 'Options']) await parameters.getByText(label, { exact: true }).first().waitFor();
		await page.getByText('The workflow is published', { exact: false }).waitFor();
		await looksRight(parameters);
		await picture(page, 'trigger');
		await page.context().close();
	});

	test('the credential, tested', async () => {
		const page = await openEditor(browser, instance, 'light');
		await page.goto('/home/credentials');
		await page.getByText('Crypto Capital (sandbox)').click();
		await page.getByText('Connection tested successfully').waitFor();
		await picture(page, 'credential');
		await page.context().close();
	});
});

/** What is looked at in the page, whose own types this project does not have. */
interface PageElement {
	complete: boolean;
	naturalWidth: number;
	src: string;
	scrollWidth: number;
	clientWidth: number;
	textContent: string;
}
