import { inspect } from 'node:util';
import type { ICredentialDataDecryptedObject, INode, INodeParameters } from 'n8n-workflow';
import type { FaultName } from '../../sandbox';
import { chain, createToolCallingNode, node } from '../engine';
import { account, ACTION, customerUsd, merchantUsd, next, send, statement, triggerWorkflow, World } from './world';

let world: World;
/** Everything that a user, a log or a database could get to see, and what it was. */
const seen: Array<[what: string, value: unknown]> = [];
beforeEach(async () => {
	seen.length = 0;
	world = await World.open({
		engine: {
			nodes: { 'test.toolCalling': createToolCallingNode() },
			logger: (entry) => seen.push(['log line', entry]),
			observer: { nodeFinished: (_execution, name, data) => seen.push([`what ${name} left`, data]) },
		},
	});
});
afterEach(async () => await world.close());

/** The private key in every spelling that a program is likely to print, and long pieces of each. */
function spellings(privateKey: string): string[] {
	const bytes = Buffer.from(privateKey, 'base64');
	const whole = [
		privateKey,
		bytes.toString('base64url'),
		bytes.toString('hex'),
		bytes.toString('hex').toUpperCase(),
		bytes.toString('latin1'),
		BigInt(`0x${bytes.toString('hex')}`).toString(),
		[...bytes].join(','),
		[...bytes].join(', '),
	];
	return whole.flatMap((text) => [text, text.slice(0, text.length / 2), text.slice(-text.length / 2)]);
}

/** A value in every form in which it could be kept or shown. */
function textsOf(value: unknown): string[] {
	const texts = [inspect(value, { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null })];
	try {
		texts.push(JSON.stringify({ value }));
	} catch {
		// What cannot be put into JSON does not get anywhere by way of it.
	}
	if (value instanceof Error) {
		texts.push(String(value), value.message, value.stack ?? '', inspect(Object.entries(value), { depth: 20 }));
		if (value.cause !== undefined) texts.push(...textsOf(value.cause));
	}
	return texts;
}

function findSecrets(privateKey: string): string[] {
	const forbidden = spellings(privateKey);
	return seen.flatMap(([what, value]) =>
		textsOf(value).some((text) => forbidden.some((secret) => text.includes(secret))) ? [what] : [],
	);
}

async function run(parameters: INodeParameters, overrides: ICredentialDataDecryptedObject = {}, settings: Partial<INode> = {}) {
	const what = `the run of ${JSON.stringify({ parameters, ...settings })}`;
	try {
		const outcome = await world.run(parameters, { credential: world.credential(overrides), settings });
		// A run knows its workflow, which names the credential and holds none of it.
		seen.push([what, outcome.run], [`the error of ${what}`, outcome.error]);
	} catch (error) {
		seen.push([`the end of ${what}`, error]);
	}
}

it('finds a key where there is one', () => {
	const { privateKey } = world.keys;
	const hex = Buffer.from(privateKey, 'base64').toString('hex');
	seen.push(['an error', new Error(`bad key ${privateKey}`)]);
	seen.push(['a cause', new Error('bad key', { cause: new Error(hex) })]);
	seen.push(['a field', Object.assign(new Error('bad key'), { context: { settings: { key: Buffer.from(privateKey, 'base64').toString('base64url') } } })]);
	seen.push(['a list', { deep: [[[[{ key: [...Buffer.from(privateKey, 'base64')] }]]]] }]);
	seen.push(['nothing', { status: 'accepted' }]);

	expect(findSecrets(privateKey)).toEqual(['an error', 'a cause', 'a field', 'a list']);
});

describe('the private key is in no error, log line, item or saved data', () => {
	it('of operations that succeed and fail', async () => {
		const quick = { ackTimeout: 0.2, responseTimeout: 0.2, confirmationTimeout: 0.2 };
		await run(account());
		await run({ resource: 'account', operation: 'getRegistration', currency: 'USD' });
		await run(statement({ limit: 5, options: { includeProof: true } }));
		await run(send({ waitForConfirmation: true, options: { includeProof: true } }));
		await run(send({ reference: 'INV-1' }));
		await run(send({ reference: 'INV-1', amount: 7 }));
		await run(send({ amount: 99_999, waitForConfirmation: true }));
		await run(send({ amount: -1 }), {}, { onError: 'continueRegularOutput' });
		await run(send({ amount: 1.005 }), {}, { onError: 'continueErrorOutput' });
		await run(send(), { allowTransfers: false });
		await run(account({ accountNumber: customerUsd }));
		const faults: FaultName[] = ['refuse', 'refuseWithoutReason', 'loseAck', 'dropBeforeAck', 'dropAfterAck', 'neverAnswer', 'performLate'];
		for (const fault of faults) {
			world.sandbox.faults.enable(fault, { times: 2 });
			await run(account({ options: { ackTimeout: 0.2, responseTimeout: 0.2 } }));
			await run(send({ options: quick }), {}, { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
			world.sandbox.faults.clear();
		}
		await world.sandbox.stop();
		await run(send());
		await run(account(), { transport: 'webSocket' });

		expect(seen.filter(([what]) => what.startsWith('the error of'))).not.toHaveLength(0);
		expect(findSecrets(world.keys.privateKey)).toEqual([]);
	});

	it('of credentials that are nearly right', async () => {
		const { privateKey } = world.keys;
		const bytes = Buffer.from(privateKey, 'base64');
		const mistakes: ICredentialDataDecryptedObject[] = [
			{ privateKey: `${privateKey}A` },
			{ privateKey: `x${privateKey}` },
			{ privateKey: `${privateKey} ${privateKey}` },
			{ privateKey: bytes.toString('hex').slice(0, 63) },
			{ privateKey: `0x${bytes.toString('hex')}` },
			{ privateKey: bytes.toString('base64url') },
			{ privateKey: `"${privateKey}"` },
			// Pasted into the wrong field.
			{ publicKey: privateKey },
			{ serverPublicKey: privateKey },
			{ serverUrl: `http://127.0.0.1/${privateKey}` },
			{ serverUrl: `http://${privateKey}@127.0.0.1` },
			{ serverUrl: `https://127.0.0.1:1/?key=${encodeURIComponent(privateKey)}` },
			{ transport: privateKey },
			{ maximumAmount: privateKey },
		];
		for (const mistake of mistakes) {
			await run(send(), mistake);
			seen.push(['credential test', await world.engine.testCredential('cryptoCapitalApi', world.credential(mistake))]);
			await world.begin({}, { credential: world.credential(mistake) }).then(
				async (active) => {
					await active.deactivate();
					seen.push(['static data', active.savedStaticData], ['saved errors', active.savedErrors.all]);
				},
				(error: unknown) => seen.push(['activation', error]),
			);
		}

		expect(findSecrets(privateKey)).toEqual([]);
	});

	it('of a trigger through its life', async () => {
		const { sandbox } = world;
		const pay = (narrative: string) => sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '1.00', narrative });
		const all = { events: ['incomingTransfer', 'outgoingTransfer', 'failedTransfer'], options: { includeProof: true } };
		const active = await world.activate(all);
		sandbox.faults.enable('forgeSignature', { message: 'transfer', genuine: true });
		pay('one');
		await next(active.endedExecutions);
		sandbox.faults.clear();
		await run(send({ amount: 99_999 }));
		await next(active.endedExecutions);
		active.failNextExecutionCreation(new Error('no database'));
		pay('two');
		await next(active.endedExecutions);
		const listening = world.listening();
		sandbox.dropConnections();
		await listening;
		sandbox.faults.enable('refuse', { operation: 'auth', times: 1 });
		const refused = sandbox.next('err');
		sandbox.dropConnections();
		await refused;
		await next(active.savedErrors);
		await active.deactivate();
		seen.push(
			['static data', active.savedStaticData],
			['saved errors', active.savedErrors.all],
			['emitted errors', active.emittedErrors.all],
			['executions', active.executions],
		);

		expect(active.savedErrors.all.length).toBeGreaterThan(0);
		expect(findSecrets(world.keys.privateKey)).toEqual([]);
	});

	it('of a test in the editor, and of a tool', async () => {
		await world.sandbox.stop();
		const credentials = { cryptoCapitalApi: world.credential() };
		seen.push(['manual test', await world.engine.testTrigger(triggerWorkflow(), { credentials })]);
		const workflow = chain(node('Start', 'n8n-nodes-base.manualTrigger'), node('Agent', 'test.toolCalling'));
		workflow.nodes.push(node('Pay', `${ACTION}Tool`, send({ narrative: "={{ $fromAI('narrative', 'What for', 'string') }}" })));
		workflow.connections.Pay = { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] };
		seen.push(['tool', await world.engine.run(workflow, { input: [{ narrative: 'for you' }], credentials })]);

		expect(findSecrets(world.keys.privateKey)).toEqual([]);
	});
});
