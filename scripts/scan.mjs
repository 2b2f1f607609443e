/**
 * Runs n8n's scanner for community packages on both halves that it looks at: the sources, and what is published. The scanner lets warnings
 * pass; here they count.
 */
import path from 'node:path';
import { analyzePackage, buildScanConfig, SOURCE_FILE_PATTERNS } from '@n8n/scan-community-package/scanner/scanner.mjs';
import { ESLint } from 'eslint';
import { withPackedPackage } from './packed.mjs';

/** The files of the tarball that the scanner looks at when it is given a published package. */
const PUBLISHED_FILE_PATTERNS = ['**/*.js', 'package.json'];

const root = path.dirname(import.meta.dirname);

async function scan(what, directory, patterns) {
	const { passed, message, details } = await analyzePackage(directory, patterns);
	const warnings = passed ? await warningsIn(directory, patterns) : '';
	console.log(`${passed && warnings === '' ? 'passed' : 'FAILED'}: ${what}`);
	if (!passed) console.log(details ?? message);
	if (warnings !== '') console.log(warnings);
	return passed && warnings === '';
}

/** What the scanner's rules find beyond errors, as text. */
async function warningsIn(directory, patterns) {
	const eslint = new ESLint({
		cwd: directory,
		allowInlineConfig: false,
		overrideConfigFile: true,
		overrideConfig: await buildScanConfig(),
	});
	const formatter = await eslint.loadFormatter('stylish');
	return (await formatter.format(await eslint.lintFiles(patterns))).trim();
}

const results = [
	await scan('the sources', root, SOURCE_FILE_PATTERNS),
	await withPackedPackage(({ directory }) => scan('the published package', directory, PUBLISHED_FILE_PATTERNS)),
];
process.exitCode = results.every(Boolean) ? 0 : 1;
