import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..');
const PATIENCE = 20_000;

let child: ChildProcess | undefined;

function run(...flags: string[]): ChildProcess {
	child = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'sandbox', 'cli.ts'), ...flags], { cwd: ROOT });
	return child;
}

/** What it prints until there is a line of it that passes. */
async function printed(running: ChildProcess, passes: (text: string) => boolean): Promise<string> {
	let text = '';
	for await (const chunk of running.stdout as AsyncIterable<Buffer>) {
		text += chunk.toString('utf8');
		if (passes(text)) return text;
	}
	return text;
}

afterEach(() => {
	child?.kill('SIGKILL');
});

it('runs by itself, tells where it is, and ends when it is told to', async () => {
	const running = run('--port', '0', '--json', '--fault', 'refuse={"operation":"account"}', '--settlement-delay', '40');
	const { url } = JSON.parse(await printed(running, (text) => text.includes('\n'))) as { url: string };
	const state = (await (await fetch(`${url}/control/state`)).json()) as object;
	expect(state).toMatchObject({ url, settlementDelay: 40, faults: { active: [{ name: 'refuse' }] } });
	const ended = once(running, 'exit');
	running.kill('SIGTERM');
	await expect(ended).resolves.toEqual([0, null]);
}, PATIENCE);

it('tells people what they need for a credential', async () => {
	const text = await printed(run('--port', '0'), (words) => words.includes('Ctrl+C'));
	for (const word of ['SANDBOX', 'No real money', 'Server URL', 'Private key', 'Server public key']) expect(text).toContain(word);
}, PATIENCE);

it.each([['--port', 'many'], ['--fault', 'earthquake'], ['--fault', 'loseAck={"times":0}'], ['--socket-io-payload', 'xml'], ['--surprise']])(
	'refuses %s %s and says how it is used',
	async (...flags) => {
		const running = run('--port', '0', ...flags);
		let words = '';
		running.stderr?.on('data', (chunk: Buffer) => (words += chunk.toString('utf8')));
		await expect(once(running, 'close')).resolves.toEqual([1, null]);
		expect(words).toContain('--settlement-delay');
	},
	PATIENCE,
);
