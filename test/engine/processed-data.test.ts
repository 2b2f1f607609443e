import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { IDeduplicationOutput, INodeType } from 'n8n-workflow';
import { chain, createEngine, createFileRows, node, nodeError, outputItems } from '.';
import type { Engine, EngineOptions } from '.';
import { describeNode } from './helper-nodes/description';

const remembering: INodeType = {
	description: describeNode('Remembering'),
	async execute() {
		const results: IDeduplicationOutput[] = [];
		for (const { json } of this.getInputData()) {
			const values = json.values as string[];
			results.push(await this.helpers.checkProcessedAndRecord(values, 'node', { mode: 'entries', maxEntries: 3 }));
			if (json.forget) await this.helpers.removeProcessed(values, 'node', { mode: 'entries' });
		}
		return [results.map((result) => ({ json: { ...result } }))];
	},
};

const workflow = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Remember', 'test.remembering'));
const engines: Engine[] = [];

function start(options?: EngineOptions): Engine {
	const engine = createEngine({ ...options, nodes: { 'test.remembering': remembering } });
	engines.push(engine);
	return engine;
}

afterEach(async () => {
	await Promise.all(engines.splice(0).map(async (engine) => await engine.close()));
});

async function check(engine: Engine, values: string[], forget = false): Promise<unknown> {
	const run = await engine.run(workflow, { input: [{ values, forget }] });
	return nodeError(run, 'Remember')?.message ?? outputItems(run, 'Remember')[0]?.json;
}

it('tells new values from those that were recorded before', async () => {
	const engine = start();

	expect(await check(engine, ['a', 'b'])).toEqual({ new: ['a', 'b'], processed: [] });
	expect(await check(engine, ['b', 'c'])).toEqual({ new: ['c'], processed: ['b'] });
});

it('keeps the newest entries only', async () => {
	const engine = start();
	await check(engine, ['a', 'b', 'c']);
	await check(engine, ['d']);

	expect(await check(engine, ['a', 'b'])).toEqual({ new: ['a'], processed: ['b'] });
});

it('forgets what is removed', async () => {
	const engine = start();
	await check(engine, ['a'], true);

	expect(await check(engine, ['a'])).toEqual({ new: ['a'], processed: [] });
});

it('has no place for a workflow that was never saved', async () => {
	const run = await start().run({ ...workflow, id: undefined }, { input: [{ values: ['a'] }] });

	expect(nodeError(run, 'Remember')?.message).toMatch(/falsy/);
});

it('loses what one of two concurrent executions wrote', async () => {
	const firstHasRead = Promise.withResolvers<undefined>();
	const secondHasWritten = Promise.withResolvers<undefined>();
	const engine = start({
		beforeProcessedDataWrite: async ([value]) => {
			if (value !== 'first') return;
			firstHasRead.resolve(undefined);
			await secondHasWritten.promise;
		},
	});
	await check(engine, ['row']);

	const first = check(engine, ['first']);
	await firstHasRead.promise;
	await check(engine, ['second']);
	secondHasWritten.resolve(undefined);
	await first;

	expect(await check(engine, ['first', 'second'])).toEqual({ new: ['second'], processed: ['first'] });
});

it('fails for the second of two executions that are both the first to record', async () => {
	const engine = start();

	const results = await Promise.all([check(engine, ['a']), check(engine, ['b'])]);

	expect(results).toContainEqual(expect.stringMatching(/UNIQUE constraint failed/));
});

it('is shared by several engines through files', async () => {
	const directory = await mkdtemp(join(tmpdir(), 'rows-'));
	try {
		expect(await check(start({ rows: createFileRows(directory) }), ['a'])).toEqual({ new: ['a'], processed: [] });
		expect(await check(start({ rows: createFileRows(directory) }), ['a'])).toEqual({ new: [], processed: ['a'] });
	} finally {
		await rm(directory, { recursive: true });
	}
});
