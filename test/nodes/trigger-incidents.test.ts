import { generateKeyPair } from '../../client';
import type { LogEntry } from '../engine';
import { customerUsd, merchantUsd, next, started, World } from './world';

let world: World;
const logged: LogEntry[] = [];
beforeEach(async () => {
	logged.length = 0;
	world = await World.open({ engine: { logger: (entry) => logged.push(entry) } });
});
afterEach(async () => await world.close());

const pay = (narrative: string) =>
	world.sandbox.sendMoney({ from: customerUsd, to: merchantUsd, amount: '10.00', narrative });

describe('a configuration that can never work keeps the workflow from being activated', () => {
	it.each([
		['a malformed private key', { privateKey: 'AAAA' }, 'The private key does not have 32 bytes'],
		['no private key', { privateKey: '' }, 'The private key is missing'],
		['a public key of another pair', { publicKey: generateKeyPair().publicKey }, 'does not belong to the private key'],
		['a malformed server key', { serverPublicKey: '???' }, 'The server public key is not base64'],
		['an unknown transport', { transport: 'post' }, 'transport is neither'],
	])('%s', async (_name, overrides, words) => {
		await expect(world.begin({}, { credential: world.credential(overrides) })).rejects.toThrow(words);
	});

	it.each([
		['no account number', { accountNumbers: [' '] }, 'No account number is given'],
		['an account number of nine digits', { accountNumbers: ['912000000'] }, 'The account number is not ten digits'],
		['an event that there is not', { events: ['rain'] }, 'No event is chosen'],
		['a currency that is none', { options: { currencies: 'dollars' } }, 'The currency is not three capital letters'],
		['a minimum amount that is none', { options: { minimumAmount: 1.005 } }, 'The minimum amount is no amount'],
	])('%s', async (_name, parameters, words) => {
		await expect(world.begin(parameters)).rejects.toThrow(words);
	});
});

describe('a key that the server refuses', () => {
	it('is reported once while the trigger stays up, and works as soon as it is registered', async () => {
		const { privateKey, publicKey } = generateKeyPair();
		const refusals = async (count: number) => {
			for (let seen = 0; seen < count; seen += 1) await world.sandbox.next('err', ({ key }) => key === publicKey);
		};
		const twice = refusals(2);
		const active = await world.begin({ accountNumbers: [customerUsd] }, { credential: world.credential({ privateKey }) });
		await twice;

		expect(active.savedErrors.all.map(({ message }) => message)).toEqual([
			`The server refuses the key ${publicKey}: Unknown key`,
		]);
		expect(active.emittedErrors.all).toEqual([]);

		const listening = world.listening();
		world.sandbox.registerKey({ accountNumber: customerUsd, publicKey });
		await listening;
		world.sandbox.sendMoney({ from: merchantUsd, to: customerUsd, amount: '1.00', narrative: 'Welcome' });
		for (;;) if ((await next(active.endedExecutions)).items[0]?.json.narrative === 'Welcome') break;

		expect(active.savedErrors.all).toHaveLength(1);
		expect(logged).toContainEqual(expect.objectContaining({ level: 'info', message: expect.stringMatching(/is connected again/) }));
	});
});

describe('messages that do not verify', () => {
	it('are reported once for the whole incident, and start nothing', async () => {
		const active = await world.activate();
		world.sandbox.faults.enable('forgeSignature', { message: 'transfer', genuine: true });

		pay('one');
		pay('two');
		await next(active.endedExecutions);
		await next(active.endedExecutions);

		expect(active.savedErrors.all).toHaveLength(1);
		expect(active.savedErrors.all[0]).toMatchObject({
			message: 'A message did not pass verification, and started no workflow',
			description: expect.stringMatching(/Check the server public key/),
			context: { reason: expect.any(String) },
		});
		expect(active.emittedErrors.all).toEqual([]);
		expect(started(active.executions)).toEqual(['one', 'two']);
	});

	it.each(['garbage', 'oversizedFrame'] as const)('are reported where they are no messages at all (%s)', async (fault) => {
		const active = await world.activate();
		world.sandbox.faults.enable(fault, { message: 'transfer', genuine: true, times: 1 });

		pay('one');
		await next(active.savedErrors);
		await next(active.endedExecutions);

		expect(started(active.executions)).toEqual(['one']);
	});
});

describe('a credential that is edited', () => {
	it('is followed at the next reconnect', async () => {
		const other = generateKeyPair();
		world.sandbox.registerKey({ accountNumber: customerUsd, publicKey: other.publicKey });
		let { privateKey } = world.keys;
		const active = await world.activate({ accountNumbers: [merchantUsd] }, { credential: () => world.credential({ privateKey }) });
		pay('with the first key');
		await next(active.endedExecutions);

		world.sandbox.registerKey({ accountNumber: merchantUsd, publicKey: other.publicKey });
		await next(active.endedExecutions);
		({ privateKey } = other);
		const authenticated = world.sandbox.next('authenticated', ({ key }) => key === other.publicKey);
		const listening = world.listening();
		world.sandbox.dropConnections();
		await authenticated;
		await listening;
		pay('with the second key');
		for (;;) if ((await next(active.endedExecutions)).items[0]?.json.narrative === 'with the second key') break;

		expect(active.savedErrors.all).toEqual([]);
	});

	it('to something that cannot work is reported, and what was in use goes on', async () => {
		let { privateKey } = world.keys;
		const active = await world.activate({}, { credential: () => world.credential({ privateKey }) });

		privateKey = 'AAAA';
		const listening = world.listening();
		world.sandbox.dropConnections();
		const error = await next(active.savedErrors);
		await listening;
		pay('still here');
		await next(active.endedExecutions);

		expect(error.message).toBe('The private key does not have 32 bytes');
		expect(started(active.executions)).toEqual(['still here']);
	});
});
