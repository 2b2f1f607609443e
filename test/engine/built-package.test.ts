import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { chain, createEngine, loadBuiltPackage, node, outputItems } from '.';

const files = {
	'package.json': JSON.stringify({
		name: 'n8n-nodes-echo',
		version: '1.2.3',
		n8n: {
			nodes: ['dist/nodes/Echo/Echo.node.js'],
			credentials: ['dist/credentials/EchoApi.credentials.js'],
		},
	}),
	'dist/nodes/Echo/Echo.node.js': `
		exports.Echo = class Echo {
			description = {
				displayName: 'Echo', name: 'echo', group: ['transform'], version: 1, description: '', defaults: { name: 'Echo' },
				inputs: ['main'], outputs: ['main'], properties: [], credentials: [{ name: 'echoApi', required: true }],
			};
			async execute() {
				return [[{ json: await this.getCredentials('echoApi') }]];
			}
		};`,
	'dist/credentials/EchoApi.credentials.js': `
		exports.EchoApi = class EchoApi {
			name = 'echoApi';
			displayName = 'Echo';
			properties = [{ displayName: 'Word', name: 'word', type: 'string', default: '' }];
		};`,
};

it('runs the nodes of a built package under the names that n8n gives them', async () => {
	const directory = await mkdtemp(join(tmpdir(), 'package-'));
	try {
		for (const [path, text] of Object.entries(files)) {
			await mkdir(dirname(join(directory, path)), { recursive: true });
			await writeFile(join(directory, path), text);
		}
		const engine = createEngine(await loadBuiltPackage(directory));

		const run = await engine.run(
			chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Echo', 'n8n-nodes-echo.echo')),
			{ credentials: { echoApi: { word: 'hello' } } },
		);

		expect(outputItems(run, 'Echo')).toMatchObject([{ json: { word: 'hello' } }]);
		await engine.close();
	} finally {
		await rm(directory, { recursive: true });
	}
});
