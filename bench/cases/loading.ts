import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

import type { Finding, Scale } from '../measure';
import { finding, median } from '../measure';

const ROOT = join(__dirname, '..', '..');

interface PackedFile {
	size: number;
	unpackedSize: number;
}

/** Loading in a fresh Node, beside a trigger of n8n's own that keeps a socket open too; and the size of what is installed. */
export async function loading(scale: Scale): Promise<Finding[]> {
	const ours = [
		'nodes/CryptoCapital/CryptoCapital.node.js',
		'nodes/CryptoCapitalTrigger/CryptoCapitalTrigger.node.js',
		'credentials/CryptoCapitalApi.credentials.js',
	].map((file) => join(ROOT, 'dist', file));
	// With the libraries that a connection needs, as the peer loads its own at once.
	const bundled = ['socket.io-client-4.js'].map((file) => join(ROOT, 'dist', 'client', 'transport', 'bundled', file));
	const mqtt = mqttTrigger();
	const [packed] = JSON.parse(
		execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: ROOT, encoding: 'utf8' }),
	) as [PackedFile];
	const size = (measure: string, value: number, limit: number): Finding =>
		finding(
			{ what: 'Size of the package', measure, peer: 'the limit set for it', target: { is: 'at most', value: 1 } },
			[value / 1_000],
			[limit],
		);
	const sizes = [
		size('kB, tarball', packed.size, 250),
		size('kB, unpacked', packed.unpackedSize, 1_000),
	];
	if (mqtt === undefined) return sizes;
	const [times, peers]: [number[], number[]] = [[], []];
	for (let round = 0; round < scale.rounds; round += 1) {
		times.push(median(Array.from({ length: 3 }, () => loadingTime([...ours, ...bundled]))));
		peers.push(median(Array.from({ length: 3 }, () => loadingTime([mqtt]))));
	}
	return [
		finding(
			{
				what: 'Loading both nodes, the credential and Socket.IO in a fresh Node',
				measure: 'milliseconds',
				peer: 'n8n’s MQTT trigger with its library',
				target: { is: 'at most', value: 1 },
			},
			times,
			peers,
		),
		...sizes,
	];
}

/** Both sides have n8n-workflow loaded already, as n8n has. */
function loadingTime(files: readonly string[]): number {
	const workflow = JSON.stringify(require.resolve('n8n-workflow', { paths: [files[0] ?? ROOT] }));
	const script = `require(${workflow});const begun=performance.now();${files
		.map((file) => `require(${JSON.stringify(file)});`)
		.join('')}console.log(performance.now()-begun);process.exit(0)`;
	return Number(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim());
}

/** In the real n8n that `npm run n8n` and `npm run test:n8n` install. Without it there is nothing to compare with. */
function mqttTrigger(): string | undefined {
	const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'n8n-nodes-cryptocapital');
	const file = join(cache, 'n8n-2.41.1', 'node_modules', 'n8n-nodes-base', 'dist', 'nodes', 'MQTT', 'MqttTrigger.node.js');
	return existsSync(file) ? file : undefined;
}
