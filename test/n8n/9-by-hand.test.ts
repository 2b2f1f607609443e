import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { DEMO_ACCOUNTS } from '../../sandbox';
import { N8nApi } from '../../scripts/n8n/api';
import { Child } from '../../scripts/n8n/child';
import { eventually } from './support/eventually';
import { executionsOf } from './support/executions';
import { keptUntilTheEnd } from './support/keep';

const ROOT = path.resolve(__dirname, '../..');
const TIME_TO_START = 90_000;

const keep = keptUntilTheEnd();

/** `npm run n8n`, after the build. */
function start(): Child {
	const child = new Child('npm run n8n', process.execPath, ['--import', 'tsx', path.join(ROOT, 'scripts/n8n/cli.ts'), '--port', '0'], { cwd: ROOT });
	keep({ close: async () => await child.stop() });
	return child;
}

async function says(child: Child, words: RegExp): Promise<string> {
	return await eventually(
		`${child.name} to say ${String(words)}`,
		() => {
			if (child.hasExited) throw new Error(`It has ended: ${child.output}`);
			return words.exec(child.output)?.[1];
		},
		TIME_TO_START,
	);
}

function foldersOf({ pid }: Child): string[] {
	return readdirSync(tmpdir()).filter((name) => name.startsWith(`n8n-cryptocapital-${pid}-`));
}

test('prints where everything is; money sent on the bank’s page starts a workflow; Ctrl+C ends it all', async () => {
	const child = start();
	await says(child, /(Stop everything)/u);
	const editor = await says(child, /n8n {2,}(http\S+)/u);
	const bank = await says(child, /the bank {2,}(http\S+)/u);
	const email = await says(child, /sign in as (\S+)/u);
	const password = await says(child, /the password (\S+)/u);
	const workflow = await says(child, /Credit a customer when a transfer arrives .*\/workflow\/(\S+) +\(published\)/u);
	const api = new N8nApi(editor);
	await api.signIn({ email, password, firstName: '', lastName: '' });
	const body = JSON.stringify({ to: DEMO_ACCOUNTS.merchantUsd, amount: '12.00', narrative: 'Top-up C-1042' });
	const sent = await fetch(`${bank}/control/transfers`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
	expect(sent.status).toBe(201);
	await eventually('the workflow to run', async () => (await executionsOf(api, workflow)).some(({ status }) => status === 'success'));

	expect(foldersOf(child)).not.toEqual([]);
	child.interrupt();
	await expect(child.exited()).resolves.toBe(0);
	await expect(fetch(editor)).rejects.toThrow();
	await expect(fetch(bank)).rejects.toThrow();
	expect(foldersOf(child)).toEqual([]);
});

test('Ctrl+C while n8n starts ends it at once', async () => {
	const child = start();
	await says(child, /(Starting n8n)/u);
	child.interrupt();
	await expect(child.exited()).resolves.toBe(0);
	expect(foldersOf(child)).toEqual([]);
});
