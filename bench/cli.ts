import { fork } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { CASES } from './cases';
import type { Finding } from './measure';
import { meets } from './measure';
import { page, plot, table } from './report';

const DOCS = join(__dirname, '..', 'docs');
const NOTES = join(__dirname, 'notes.md');
/** The whole must end by itself within ten minutes. */
const TIME_LIMIT = 5 * 60_000;

async function main(): Promise<void> {
	const { values } = parseArgs({ options: { smoke: { type: 'boolean' }, only: { type: 'string', multiple: true } } });
	const names = values.only ?? Object.keys(CASES);
	const findings: Finding[] = [];
	for (const name of names) {
		process.stderr.write(`${name} …\n`);
		findings.push(...(await inOwnProcess(name, values.smoke === true)));
	}
	console.log(table(findings));
	const missed = findings.filter((finding) => meets(finding) === false);
	if (values.smoke) {
		console.log(`\nSmoke run: ${findings.length} comparisons were made. Their figures mean nothing.`);
		return;
	}
	console.log(missed.length === 0 ? '\nEvery target is met.' : `\n${missed.length} of the targets are missed.`);
	if (values.only) return;
	const notes = existsSync(NOTES) ? readFileSync(NOTES, 'utf8') : '';
	writeFileSync(join(DOCS, 'benchmarks.md'), page(findings, notes));
	writeFileSync(join(DOCS, 'images', 'benchmarks.svg'), plot(findings));
}

async function inOwnProcess(name: string, smoke: boolean): Promise<Finding[]> {
	const child = fork(join(__dirname, 'run-case.ts'), [name, smoke ? 'smoke' : 'full'], {
		execArgv: ['--expose-gc', '--import', 'tsx'],
		timeout: TIME_LIMIT,
	});
	return await new Promise((resolve, reject) => {
		let findings: Finding[] | undefined;
		child.on('message', (message) => {
			findings = message as Finding[];
		});
		child.on('error', reject);
		child.on('exit', (code, signal) => {
			if (findings) resolve(findings);
			else reject(new Error(`The benchmark ${name} ended without a result (${signal ?? `exit code ${code}`})`));
		});
	});
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
