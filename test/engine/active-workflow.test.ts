import type { ICredentialType, IDataObject, IRun, ITriggerFunctions } from 'n8n-workflow';
import { chain, createEngine, createHangingNode, createMemoryRows, createTriggerNode, node, outputItems } from '.';
import type { ActivateOptions, Engine } from '.';

let engine: Engine;
let trigger = createTriggerNode();
let hanging = createHangingNode();

beforeEach(() => {
	trigger = createTriggerNode();
	hanging = createHangingNode();
	engine = createEngine({ nodes: { 'test.trigger': trigger, 'test.hanging': hanging } });
});

afterEach(async () => await engine.close());

const passing = chain(node('Trigger', 'test.trigger'), node('End', 'n8n-nodes-base.noOp'));
const holding = chain(node('Trigger', 'test.trigger'), node('Hang', 'test.hanging'));

async function activate(workflow = passing, options?: ActivateOptions) {
	const active = await engine.activate(workflow, options);
	return { active, functions: await trigger.activations.next() };
}

/** Emits one item, and resolves as `donePromise` does. */
async function emit(functions: ITriggerFunctions, json: IDataObject, key?: string): Promise<IRun | undefined> {
	const done = functions.helpers.createDeferredPromise<IRun>();
	functions.emit([[{ json }]], undefined, done, key);
	return await done.promise;
}

describe('emit', () => {
	it('starts an execution of what follows, and resolves donePromise with how it ended', async () => {
		const { active, functions } = await activate();

		const run = await emit(functions, { amount: 1 });

		expect(run?.status).toBe('success');
		expect(run && outputItems(run, 'End')).toMatchObject([{ json: { amount: 1 } }]);
		expect((await active.nextExecution()).items).toEqual([{ json: { amount: 1 } }]);
	});

	it('records executions in the order of their start, while they run', async () => {
		const { active, functions } = await activate(holding);

		functions.emit([[{ json: { number: 1 } }]]);
		await hanging.entered.next();
		functions.emit([[{ json: { number: 2 } }]]);
		await hanging.entered.next();

		expect(active.executions.map(({ items }) => items[0]?.json.number)).toEqual([1, 2]);
		expect(active.endedExecutions.all).toEqual([]);
	});

	it('resolves donePromise with undefined where the de-duplication key was used, in any workflow', async () => {
		const { active, functions } = await activate();
		const other = await activate({ ...passing, id: 'workflow00000002' });

		const first = await emit(functions, {}, 'same');
		const repeat = await emit(other.functions, {}, 'same');

		expect([first?.status, repeat]).toEqual(['success', undefined]);
		expect(other.active.suppressedKeys.all).toEqual(['same']);
		expect([active.executions.length, other.active.executions.length]).toEqual([1, 0]);
	});

	it('lets a repeat through that comes before the first execution runs, and after executions were pruned', async () => {
		const { functions } = await activate();

		const both = await Promise.all([emit(functions, {}, 'same'), emit(functions, {}, 'same')]);
		await engine.forgetExecutions();
		const later = await emit(functions, {}, 'same');

		expect([...both, later].map((run) => run?.status)).toEqual(['success', 'success', 'success']);
	});

	it('rejects donePromise where the execution could not be created', async () => {
		const { active, functions } = await activate();
		active.failNextExecutionCreation(new Error('no database'));

		await expect(emit(functions, {})).rejects.toThrow('no database');
		expect((await emit(functions, {}))?.status).toBe('success');
	});

	it('rejects donePromise where the execution is stopped', async () => {
		const { active, functions } = await activate(holding);

		const done = emit(functions, {});
		await hanging.entered.next();
		active.executions[0]?.cancel();

		await expect(done).rejects.toThrow(/cancel/);
		expect((await active.nextExecution()).run?.status).toBe('canceled');
	});

	it('can be made to start executions in another order than that of the emits', async () => {
		const second = Promise.withResolvers<undefined>();
		const { active, functions } = await activate(passing, {
			beforeExecution: async ({ items }) => {
				if (items[0]?.json.number === 1) await second.promise;
			},
		});

		const first = emit(functions, { number: 1 });
		await emit(functions, { number: 2 });
		second.resolve(undefined);
		await first;

		expect(active.executions.map(({ items }) => items[0]?.json.number)).toEqual([2, 1]);
	});
});

describe('static data', () => {
	const staticDataOf = (functions: ITriggerFunctions) => functions.getWorkflowStaticData('node');

	it('is saved when the trigger has started, and at each emit', async () => {
		trigger.onActivate = (functions) => (staticDataOf(functions).cursor = 'begun');
		const { active, functions } = await activate();
		expect(active.savedStaticData).toEqual({ 'node:Trigger': { cursor: 'begun' } });

		staticDataOf(functions).cursor = 'moved';
		expect(active.savedStaticData).toEqual({ 'node:Trigger': { cursor: 'begun' } });
		await emit(functions, {});
		expect(active.savedStaticData).toEqual({ 'node:Trigger': { cursor: 'moved' } });
	});

	it('that was not saved is lost in a crash; the next activation finds the last snapshot', async () => {
		const before = await activate(holding);
		staticDataOf(before.functions).cursor = 'saved';
		const done = jest.fn();
		void emit(before.functions, {}).then(done, done);
		await hanging.entered.next();
		staticDataOf(before.functions).cursor = 'not saved';

		before.active.crash();
		before.functions.emit([[{ json: {} }]]);
		await before.active.executions[0]?.ended;
		const after = await activate(holding);

		expect(staticDataOf(after.functions)).toEqual({ cursor: 'saved' });
		expect(before.active.executions).toHaveLength(1);
		expect(done).not.toHaveBeenCalled();
		expect(trigger.closings.all).toEqual([]);
	});

	it('outlives the engine in rows of its own', async () => {
		const rows = createMemoryRows();
		const nodes = { 'test.trigger': trigger };
		const first = createEngine({ nodes, rows });
		trigger.onActivate = (functions) => (staticDataOf(functions).starts = Number(staticDataOf(functions).starts ?? 0) + 1);
		await first.activate(passing);
		await first.close();
		const second = createEngine({ nodes, rows });
		const active = await second.activate(passing);
		await second.close();

		expect(active.savedStaticData).toEqual({ 'node:Trigger': { starts: 2 } });
	});
});

describe('the life of a trigger', () => {
	it('ends with its closeFunction, at deactivation or when the workflow is activated again', async () => {
		const { active } = await activate();
		await activate();
		expect(trigger.closings.all).toHaveLength(1);

		await active.deactivate();
		await engine.close();
		expect(trigger.closings.all).toHaveLength(2);
	});

	it('can overlap with that of a second instance', async () => {
		await activate();
		await activate(passing, { besideEarlier: true });

		expect([trigger.activations.all.length, trigger.closings.all.length]).toEqual([2, 0]);
	});

	it('fails where trigger() throws', async () => {
		trigger.onActivate = () => {
			throw new Error('malformed key');
		};

		await expect(engine.activate(passing)).rejects.toThrow(/malformed key/);
	});

	it('begins anew after emitError, and goes on after saveFailedExecution', async () => {
		const { active, functions } = await activate();

		functions.saveFailedExecution(new Error('a while') as Parameters<typeof functions.saveFailedExecution>[0]);
		expect((await active.savedErrors.next()).message).toBe('a while');
		expect(trigger.closings.all).toEqual([]);

		functions.emitError(new Error('for good'));
		await trigger.closings.next();
		await emit(await trigger.activations.next(), {});
		expect(active.emittedErrors.all.map(({ message }) => message)).toEqual(['for good']);
		expect(active.executions).toHaveLength(1);
	});

	it('reads its credentials again whenever it asks', async () => {
		let key = 'old';
		trigger.description.credentials = [{ name: 'keyApi', required: true }];
		const keyApi: ICredentialType = {
			name: 'keyApi',
			displayName: 'Key',
			properties: [{ displayName: 'Key', name: 'key', type: 'string', default: '' }],
		};
		const own = createEngine({ nodes: { 'test.trigger': trigger }, credentialTypes: [keyApi] });
		await own.activate(passing, { credentials: { keyApi: () => ({ key }) } });
		const functions = await trigger.activations.next();

		const before = await functions.getCredentials('keyApi');
		key = 'new';
		const after = await functions.getCredentials('keyApi');
		await own.close();

		expect([before, after]).toEqual([{ key: 'old' }, { key: 'new' }]);
	});
});

describe('testing a trigger in the editor', () => {
	it('ends with its first event and closes it', async () => {
		trigger.onManualTest = (functions) => functions.emit([[{ json: { event: 'sample' } }]]);

		const run = await engine.testTrigger(holding);

		expect(outputItems(run, 'Trigger')).toMatchObject([{ json: { event: 'sample' } }]);
		expect(trigger.closings.all).toHaveLength(1);
	});

	it('closes it when it is cancelled', async () => {
		const stop = new AbortController();

		trigger.onManualTest = () => stop.abort();

		await expect(engine.testTrigger(passing, { signal: stop.signal })).rejects.toThrow(/cancel/);
		await trigger.closings.next();
	});
});
