import { spawnSync } from 'node:child_process';

import type { Browser, Page } from 'playwright-core';
import { chromium, selectors } from 'playwright-core';

import type { Instance } from './instance';

const CANDIDATES = [process.env.CHROMIUM_PATH, 'chromium', 'chromium-browser', 'google-chrome'].filter((name) => name !== undefined);
const VIEWPORT = { width: 1440, height: 900 };

/** A Chromium on this machine, or undefined. */
export function findChromium(): string | undefined {
	for (const name of CANDIDATES) {
		const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' });
		if (status === 0) return stdout.trim();
	}
	return undefined;
}

export async function openBrowser(executablePath: string): Promise<Browser> {
	selectors.setTestIdAttribute('data-test-id');
	return await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--force-color-profile=srgb'] });
}

/** A page of the editor, signed in. */
export async function openEditor(browser: Browser, instance: Instance, theme: 'light' | 'dark'): Promise<Page> {
	const context = await browser.newContext({ viewport: VIEWPORT, deviceScaleFactor: 1, colorScheme: theme, locale: 'en-US', baseURL: instance.api.url });
	const [name = '', value = ''] = instance.api.cookie.split('=');
	await context.addCookies([{ name, value, url: instance.api.url }]);
	// A session belongs to the browser that signed in, and the theme is the editor's own setting.
	await context.addInitScript(
		([browserId, chosen]) => {
			const { localStorage } = globalThis as unknown as { localStorage: { setItem(key: string, value: string): void } };
			localStorage.setItem('n8n-browserId', browserId ?? '');
			localStorage.setItem('N8N_THEME', chosen ?? '');
		},
		[instance.api.browserId, theme],
	);
	return await context.newPage();
}
