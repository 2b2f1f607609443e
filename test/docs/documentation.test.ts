import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readPrivateKey } from '../../client';
import { FAULT_NAMES, startSandbox } from '../../sandbox';

const ROOT = resolve(__dirname, '../..');
const PAGES = [
	'README.md',
	'SECURITY.md',
	'CONTRIBUTING.md',
	'CHANGELOG.md',
	'docs/architecture.md',
	'docs/benchmarks.md',
	'docs/guarantees.md',
	'docs/sandbox.md',
];
const LINK = /\[(?<text>(?:[^[\]]|\[[^\]]*\])*)\]\((?<target>[^)\s]+)\)/gu;

interface Link {
	text: string;
	target: string;
}

function read(page: string): string {
	return readFileSync(join(ROOT, page), 'utf8');
}

function linksOf(page: string): Link[] {
	return [...read(page).matchAll(LINK)].map(({ groups }) => ({ text: groups?.text ?? '', target: groups?.target ?? '' }));
}

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
	const headings = [...read(page).matchAll(/^#+ (?<heading>.+)$/gmu)].map(({ groups }) => groups?.heading ?? '');
	return headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-'));
}

function isLocal({ target }: Link): boolean {
	return !/^[a-z]+:/u.test(target);
}

describe.each(PAGES)('%s', (page) => {
	it('links to files and headings that exist', () => {
		const broken = linksOf(page)
			.filter(isLocal)
			.filter(({ target }) => {
				const [path = '', anchor] = target.split('#');
				const file = path === '' ? page : relative(ROOT, resolve(ROOT, dirname(page), path));
				return !existsSync(join(ROOT, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
			});

		expect(broken).toEqual([]);
	});
});

it('the guarantees name tests that exist, by their titles', () => {
	const named = linksOf('docs/guarantees.md').filter(({ text, target }) => target.endsWith('.test.ts') && !target.endsWith(text));
	const missing = named.filter(({ text, target }) => {
		const file = resolve(ROOT, 'docs', target);
		return !existsSync(file) || !readFileSync(file, 'utf8').includes(text);
	});

	expect(named.length).toBeGreaterThan(0);
	expect(missing).toEqual([]);
});

it('the sandbox’s page describes every fault', () => {
	const described = [...read('docs/sandbox.md').matchAll(/^\| `(?<name>\w+)` \|/gmu)].map(({ groups }) => groups?.name);

	expect(described.sort()).toEqual([...FAULT_NAMES].sort());
});

it('every npm script that is named exists', () => {
	const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
	const named = PAGES.flatMap((page) => [...read(page).matchAll(/npm run (?<name>[\w:]+)/gu)].map(({ groups }) => groups?.name ?? ''));

	expect(named).toContain('demo');
	expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
});

it('the one-liner that makes a key pair makes one', () => {
	const program = /^node -e "(?<program>.+)"$/mu.exec(read('README.md'))?.groups?.program;
	const output = execFileSync(process.execPath, ['-e', program ?? ''], { encoding: 'utf8' });
	const { privateKey, publicKey } = /privateKey: '(?<privateKey>[^']+)',\s+publicKey: '(?<publicKey>[^']+)'/u.exec(output)?.groups ?? {};

	const key = readPrivateKey(privateKey ?? '');
	expect(key.ok && key.value.publicKey).toBe(publicKey);
});

it('the example of the library pays once', async () => {
	const sandbox = await startSandbox();
	try {
		const tsx = require.resolve('tsx/cli');
		const { stdout } = await promisify(execFile)(process.execPath, [tsx, 'examples/library/pay-once.ts'], {
			cwd: ROOT,
			env: { ...process.env, SERVER_URL: sandbox.url },
		});

		expect(stdout).toMatch(/^First call: confirmed, sent, transfer \d+$/mu);
		expect(stdout).toMatch(/^Second call: confirmed, nothing was sent, it was sent before, transfer \d+$/mu);
		expect(sandbox.ledger.filter(({ narrative }) => narrative.startsWith('For the books'))).toHaveLength(1);
	} finally {
		await sandbox.close();
	}
}, 60_000);

it('the credential and both nodes point to headings of the README', () => {
	const anchors = anchorsOf('README.md');
	const sources = [
		'credentials/CryptoCapitalApi.credentials.ts',
		'nodes/CryptoCapital/CryptoCapital.node.json',
		'nodes/CryptoCapitalTrigger/CryptoCapitalTrigger.node.json',
	];
	const wanted = sources.flatMap((file) => [...read(file).matchAll(/#(?<anchor>the-[a-z-]+)/gu)].map(({ groups }) => groups?.anchor));

	expect(wanted.length).toBe(5);
	for (const anchor of wanted) expect(anchors).toContain(anchor);
});
