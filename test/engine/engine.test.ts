import type { ICredentialType, INodeType } from 'n8n-workflow';
import { chain, createEngine, createFailingNode, createHangingNode, createToolCallingNode, node } from '.';
import { hasRun, nodeError, outputItems } from '.';
import type { Engine, EngineOptions, LogEntry } from '.';
import { describeNode } from './helper-nodes/description';

const engines: Engine[] = [];

function start(options?: EngineOptions): Engine {
	const engine = createEngine(options);
	engines.push(engine);
	return engine;
}

afterEach(async () => {
	await Promise.all(engines.splice(0).map(async (engine) => await engine.close()));
});

const begin = node('Start', 'n8n-nodes-base.manualTrigger');

function assign(name: string, value: string) {
	return node('Set', 'n8n-nodes-base.set', {
		assignments: { assignments: [{ id: '1', name, value, type: 'string' }] },
		includeOtherFields: true,
	});
}

describe('run', () => {
	it('runs nodes one after the other, with expressions and paired items', async () => {
		const workflow = chain(begin, assign('greeting', "={{ 'Hello ' + $json.name }}"), node('End', 'n8n-nodes-base.noOp'));

		const run = await start().run(workflow, { input: [{ name: 'Ada' }, { name: 'Alan' }] });

		expect(run.status).toBe('success');
		expect(outputItems(run, 'End')).toEqual([
			{ json: { name: 'Ada', greeting: 'Hello Ada' }, pairedItem: { item: 0 } },
			{ json: { name: 'Alan', greeting: 'Hello Alan' }, pairedItem: { item: 1 } },
		]);
	});

	it('refers to earlier nodes in expressions', async () => {
		const workflow = chain(begin, node('Pass', 'n8n-nodes-base.noOp'), assign('from', "={{ $('Start').item.json.name }}"));

		const run = await start().run(workflow, { input: [{ name: 'Ada' }] });

		expect(outputItems(run, 'Set')[0]?.json.from).toBe('Ada');
	});

	it('runs in manual mode from the trigger, or from pinned data', async () => {
		const workflow = chain(begin, node('End', 'n8n-nodes-base.noOp'));
		const engine = start();

		const fromTrigger = await engine.run(workflow, { mode: 'manual' });
		const fromPin = await engine.run(workflow, { mode: 'manual', startNode: 'Start', input: [{ a: 1 }] });

		expect(outputItems(fromTrigger, 'End')).toMatchObject([{ json: {} }]);
		expect(outputItems(fromPin, 'End')).toMatchObject([{ json: { a: 1 } }]);
	});

	it('stops after the destination node', async () => {
		const workflow = chain(begin, node('Middle', 'n8n-nodes-base.noOp'), node('End', 'n8n-nodes-base.noOp'));

		const run = await start().run(workflow, { destinationNode: 'Middle' });

		expect([hasRun(run, 'Middle'), hasRun(run, 'End')]).toEqual([true, false]);
	});

	it('tells an observer what runs, and a listener what is logged', async () => {
		const steps: string[] = [];
		const entries: LogEntry[] = [];
		const talking: INodeType = {
			description: describeNode('Talking'),
			async execute() {
				this.logger.warn('careful', { amount: 1 });
				return [this.getInputData()];
			},
		};
		const engine = start({
			nodes: { 'test.talking': talking },
			logger: (entry) => entries.push(entry),
			observer: {
				executionStarted: () => steps.push('started'),
				nodeStarted: (_execution, name) => steps.push(`${name} started`),
				nodeFinished: (_execution, name) => steps.push(`${name} finished`),
				executionEnded: (_execution, { status }) => steps.push(status),
			},
		});

		await engine.run(chain(begin, node('Talk', 'test.talking')));

		expect(steps).toEqual([
			'started',
			'Start started',
			'Start finished',
			'Talk started',
			'Talk finished',
			'success',
		]);
		expect(entries).toContainEqual({ level: 'warn', message: 'careful', metadata: { amount: 1 } });
	});

	it('rejects where a required parameter is missing', async () => {
		const strict: INodeType = {
			description: describeNode('Strict', {
				properties: [{ displayName: 'Account', name: 'account', type: 'string', default: '', required: true }],
			}),
			execute: async () => [[]],
		};
		const engine = start({ nodes: { 'test.strict': strict } });

		await expect(engine.run(chain(begin, node('Strict', 'test.strict')))).rejects.toThrow(/issues/);
	});
});

describe('a node that fails', () => {
	const fail = (settings: Parameters<typeof node>[3] = {}) =>
		chain(begin, node('Fail', 'test.failing', {}, settings), node('End', 'n8n-nodes-base.noOp'));

	it('ends the run with its error', async () => {
		const failing = createFailingNode();
		failing.failNext(new Error('out of order'));

		const run = await start({ nodes: { 'test.failing': failing } }).run(fail());

		expect(run.status).toBe('error');
		expect(nodeError(run, 'Fail')?.message).toBe('out of order');
		expect(hasRun(run, 'End')).toBe(false);
	});

	it('is run again by the setting "Retry On Fail"', async () => {
		const failing = createFailingNode();
		failing.failNext(new Error('first'), new Error('second'));

		const run = await start({ nodes: { 'test.failing': failing } }).run(
			// Zero would be taken for "not set", which is a second.
			fail({ retryOnFail: true, maxTries: 3, waitBetweenTries: 1 }),
		);

		expect([run.status, failing.calls]).toEqual(['success', 3]);
	});

	it('passes its items on with "continueRegularOutput"', async () => {
		const failing = createFailingNode();
		failing.failNext(new Error('out of order'));

		const run = await start({ nodes: { 'test.failing': failing } }).run(fail({ onError: 'continueRegularOutput' }), {
			input: [{ name: 'Ada' }],
		});

		expect(run.status).toBe('success');
		expect(nodeError(run, 'Fail')?.message).toBe('out of order');
		expect(outputItems(run, 'End')).toMatchObject([{ json: { name: 'Ada' } }]);
	});

	it('puts items with an error out on the error output with "continueErrorOutput"', async () => {
		const partial: INodeType = {
			description: describeNode('Partial'),
			async execute() {
				const items = this.getInputData().map(({ json }, item) =>
					json.bad && this.continueOnFail()
						? { json: { error: 'bad item' }, pairedItem: { item } }
						: { json, pairedItem: { item } },
				);
				return [items];
			},
		};
		const workflow = chain(begin, node('Part', 'test.partial', {}, { onError: 'continueErrorOutput' }));

		const run = await start({ nodes: { 'test.partial': partial } }).run(workflow, { input: [{ bad: true }, { bad: false }] });

		expect(outputItems(run, 'Part', 0)).toMatchObject([{ json: { bad: false } }]);
		expect(outputItems(run, 'Part', 1)).toMatchObject([{ json: { bad: true, error: 'bad item' } }]);
	});
});

describe('cancelling', () => {
	it('reaches the node, and the run ends as cancelled', async () => {
		const hanging = createHangingNode();
		const stop = new AbortController();
		const workflow = chain(begin, node('Hang', 'test.hanging'), node('End', 'n8n-nodes-base.noOp'));

		const running = start({ nodes: { 'test.hanging': hanging } }).run(workflow, { signal: stop.signal });
		await hanging.entered.next();
		stop.abort();
		const run = await running;

		expect(run.status).toBe('canceled');
		expect(hasRun(run, 'End')).toBe(false);
	});
});

describe('credentials', () => {
	const keyApi: ICredentialType = {
		name: 'keyApi',
		displayName: 'Key',
		restrictToSupportedNodes: true,
		properties: [
			{ displayName: 'Key', name: 'key', type: 'string', default: '' },
			{ displayName: 'Limit', name: 'limit', type: 'number', default: 7 },
		],
	};
	const reading: INodeType = {
		description: describeNode('Reading', { credentials: [{ name: 'keyApi', required: true, testedBy: 'testKey' }] }),
		async execute() {
			return [[{ json: { ...(await this.getCredentials('keyApi')) } }]];
		},
		methods: {
			credentialTest: {
				async testKey({ data }) {
					return data?.key === 'good' ? { status: 'OK', message: 'Fine' } : { status: 'Error', message: 'Bad key' };
				},
			},
		},
	};
	const thief: INodeType = { ...reading, description: describeNode('Thief') };
	const options = { nodes: { 'test.reading': reading, 'test.thief': thief }, credentialTypes: [keyApi] };
	const read = chain(begin, node('Read', 'test.reading'));

	it('come with defaults and expressions resolved, and are asked for at each read', async () => {
		let key = '={{ "a" + "b" }}';
		const engine = start(options);
		const credentials = { keyApi: () => ({ key }) };

		const first = await engine.run(read, { credentials });
		key = 'changed';
		const second = await engine.run(read, { credentials });

		expect(outputItems(first, 'Read')[0]?.json).toEqual({ key: 'ab', limit: 7 });
		expect(outputItems(second, 'Read')[0]?.json).toEqual({ key: 'changed', limit: 7 });
	});

	it('can be several of one type', async () => {
		const other = node('Other', 'test.reading', {}, { credentials: { keyApi: { id: 'second', name: 'Second' } } });

		const run = await start(options).run(chain(begin, node('Read', 'test.reading'), other), {
			credentials: { keyApi: { key: 'one' }, second: { key: 'two' } },
		});

		expect(outputItems(run, 'Read')[0]?.json.key).toBe('one');
		expect(outputItems(run, 'Other')[0]?.json.key).toBe('two');
	});

	it('are kept from nodes that do not list them', async () => {
		const run = await start(options).run(chain(begin, node('Thief', 'test.thief')), { credentials: { keyApi: { key: 'x' } } });

		expect(nodeError(run, 'Thief')?.message).toMatch(/restricted to specific nodes/);
	});

	it('are tested by the method that the node names', async () => {
		const engine = start(options);

		expect(await engine.testCredential('keyApi', { key: 'good' })).toEqual({ status: 'OK', message: 'Fine' });
		expect(await engine.testCredential('keyApi', { key: 'bad' })).toEqual({ status: 'Error', message: 'Bad key' });
	});
});

describe('tools', () => {
	it('are made of nodes that allow it, and take parameters from whoever calls them', async () => {
		const doubling: INodeType = {
			description: describeNode('Doubling', {
				usableAsTool: true,
				properties: [{ displayName: 'Number', name: 'number', type: 'number', default: 0 }],
			}),
			async execute() {
				return [[{ json: { doubled: Number(this.getNodeParameter('number', 0)) * 2 } }]];
			},
		};
		const tool = node('Double', 'test.doublingTool', { number: "={{ $fromAI('number', 'What to double', 'number') }}" });
		const workflow = chain(begin, node('Agent', 'test.toolCalling'));
		workflow.nodes.push(tool);
		workflow.connections.Double = { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] };
		const engine = start({ nodes: { 'test.doubling': doubling, 'test.toolCalling': createToolCallingNode() } });

		const run = await engine.run(workflow, { input: [{ number: 21 }] });

		expect(nodeError(run, 'Agent')).toBeUndefined();
		expect(outputItems(run, 'Agent')[0]?.json.response).toBe('[{"doubled":42}]');
	});
});
