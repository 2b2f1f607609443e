import { arch, cpus, platform, totalmem } from 'node:os';

import type { Finding } from './measure';
import { meets } from './measure';

function number(value: number): string {
	if (!Number.isFinite(value)) return '–';
	if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString('en-GB');
	return value >= 10 ? value.toFixed(1) : value.toPrecision(3);
}

function targetOf(finding: Finding): string {
	if (!finding.target) return '';
	return `${finding.target.is === 'at least' ? '≥' : '≤'} ${finding.target.value}`;
}

function verdictOf(finding: Finding): string {
	const met = meets(finding);
	return met === undefined ? '' : met ? 'met' : '**missed**';
}

/** The table, in Markdown. */
export function table(findings: readonly Finding[]): string {
	const rows = findings.map((finding) =>
		[
			finding.what,
			finding.measure,
			number(finding.ours),
			finding.peer,
			number(finding.peerValue),
			`${number(finding.ratio)} (${number(finding.spread[0])} – ${number(finding.spread[1])})`,
			targetOf(finding),
			verdictOf(finding),
		].join(' | '),
	);
	return [
		'| what | measure | this package | against | its value | ratio (spread) | target | |',
		'| --- | --- | ---: | --- | ---: | ---: | ---: | --- |',
		...rows.map((row) => `| ${row} |`),
	].join('\n');
}

/** The page that a run writes. */
export function page(findings: readonly Finding[], notes: string): string {
	const processor = cpus()[0]?.model ?? 'unknown';
	return `# Benchmarks

Written by \`npm run bench\`. Every comparison is made in one run on one machine, over loopback, in rounds that alternate between the two sides. What counts is
the **ratio**: the median of the rounds, with the smallest and largest beside it. The absolute values are this machine's and no other's.

Machine: ${processor}, ${cpus().length} cores, ${Math.round(totalmem() / 1_073_741_824)} GiB, ${platform()} ${arch()}, Node ${process.versions.node}, OpenSSL ${process.versions.openssl}.

${table(findings)}

![The ratios of the table](images/benchmarks.svg)

To repeat: \`npm ci && npm run bench\` (some minutes; \`npm run bench -- --only sendTransfer\` for one of them). The row about loading needs a real n8n, which
\`npm run test:n8n\` installs.

${notes}`;
}

const WIDTH = 900;
const ROW = 34;
const LEFT = 470;

/** A bar for each ratio that has a target, on a scale where 1 is the target: right of the line is better. */
export function plot(findings: readonly Finding[]): string {
	const judged = findings.filter(({ target }) => target);
	const height = 50 + ROW * judged.length;
	const scale = (WIDTH - LEFT - 90) / 2;
	const bars = judged.map((finding, row) => {
		const target = finding.target?.value ?? 1;
		const score = finding.target?.is === 'at most' ? target / finding.ratio : finding.ratio / target;
		const length = Math.min(score, 2) * scale;
		const y = 40 + row * ROW;
		const colour = score >= 1 ? '#12906a' : '#c2410c';
		return `<text x="${LEFT - 10}" y="${y + 11}" text-anchor="end">${escape(finding.what)}</text>
<text x="${LEFT - 10}" y="${y + 23}" text-anchor="end" class="small">${escape(`${finding.measure}, against ${finding.peer}`)}</text>
<rect x="${LEFT}" y="${y}" width="${length.toFixed(1)}" height="20" rx="3" fill="${colour}"/>
<text x="${(LEFT + length + 6).toFixed(1)}" y="${y + 14}">${number(finding.ratio)}</text>`;
	});
	const line = LEFT + scale;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">
<style>text{fill:#1f2937}.small{font-size:9px;fill:#6b7280}</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${line}" y="24" text-anchor="middle">target (bars end at twice the target)</text>
${bars.join('\n')}
<line x1="${line}" y1="30" x2="${line}" y2="${height - 8}" stroke="#1f2937" stroke-dasharray="4 3"/>
</svg>
`;
}

function escape(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
