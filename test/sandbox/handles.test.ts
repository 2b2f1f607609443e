import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';

import { DEMO_PRIVATE_KEYS, startSandbox } from '../../sandbox';
import { Customer } from './customer';
import { PROTOCOLS } from './raw-client';
import { account, merchantUsd, statementOf, transfer } from './scene';

const DEADLINE = 3000;

/** What keeps a process alive, by kind. Jest's own are the same before and after. */
function resources(): string[] {
	return process
		.getActiveResourcesInfo()
		.filter((name) => /TCP|Timeout/u.test(name))
		.sort();
}

it('leaves no timer, socket or listener behind, whatever was under way', async () => {
	const before = resources();
	const sandbox = await startSandbox({ settlementDelay: 10_000 });
	const { bank, faults } = sandbox;
	const patience = { milliseconds: 10_000 };
	faults.enable('delay', { ...patience, message: 'transfer' });
	faults.enable('reorder', { ...patience, operation: 'account' });
	faults.enable('performLate', { ...patience, operation: 'statement' });
	for (const protocol of PROTOCOLS) {
		const customer = await Customer.authenticated(sandbox, protocol, DEMO_PRIVATE_KEYS.merchant);
		await customer.acknowledged(await customer.operate(transfer));
		await customer.acknowledged(await customer.operate(account));
		await customer.operate(statementOf(merchantUsd, { limit: '1' }));
		await customer.settle();
		if (protocol === 'webSocket') faults.enable('halfOpenNow');
		else customer.close();
	}
	faults.enable('acceptAndStaySilent');
	const silent = connectTcp(sandbox.port, '127.0.0.1');
	silent.on('error', () => undefined);
	silent.write('GET /ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
	const events = await fetch(`${sandbox.url}/control/events`);

	const closed = once(silent, 'close');
	await sandbox.close();
	await closed;
	await events.text().catch(() => undefined);
	// Node lets go of a closed handle in a later turn of its loop.
	const deadline = Date.now() + DEADLINE;
	while (resources().length > before.length && Date.now() < deadline) await new Promise(setImmediate);
	// What was there before may have gone, for reasons of its own.
	expect(resources().length).toBeLessThanOrEqual(before.length);
	expect([...bank.eventNames(), ...sandbox.eventNames(), ...faults.eventNames()]).toEqual([]);
});
