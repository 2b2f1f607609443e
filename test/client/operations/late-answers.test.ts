import { setImmediate as nextTurn } from 'node:timers/promises';
import { getStatement } from '../../../client/operations/get-statement';
import { errorOf, nextOf, settingsFor, TestPool } from '../clients';
import { ACCOUNT, BENEFICIARY, type Received, startBank } from '../signing-bank';

const SECONDS = 1_000;
const RESPONSE_TIMEOUT = 100 * SECONDS;
const QUIET_PERIOD = 600 * SECONDS;

describe('the late answer to a request that was given up', () => {
	it('does not prove that a statement is complete which was asked for later', async () => {
		const { bank, server } = await startBank('webSocket');
		await bank.book(BENEFICIARY, ACCOUNT, '12.50', 'in the statement');
		const connections = new TestPool({ silence: 100 * QUIET_PERIOD });
		const client = await connections.readyClient(settingsFor(server));
		const waiting: Received[] = [];
		bank.course = (received) => {
			bank.acknowledge(received);
			waiting.push(received);
		};
		const answerAccount = async ({ connection }: Received, name: string) => {
			const answered = nextOf(client.session.onMessage, ({ message }) => message.type === 'account' && message.params.name === name);
			await bank.tell(connection, 'account', { ...bank.accountRecord(ACCOUNT), name });
			await answered;
			// Whoever waits for it hears of it in this turn.
			await nextTurn();
		};

		const givenUp = errorOf(client.getAccount(ACCOUNT, { responseTimeout: RESPONSE_TIMEOUT }));
		await connections.clock.timer(RESPONSE_TIMEOUT);
		connections.clock.skip(RESPONSE_TIMEOUT);
		expect(await givenUp).toMatchObject({ name: 'OutcomeUnknownError' });

		const asked = bank.next('account');
		const options = { ackTimeout: 10 * QUIET_PERIOD, responseTimeout: 10 * QUIET_PERIOD, quietPeriod: QUIET_PERIOD, provenComplete: true };
		const statement = getStatement(client.session, { accountNumber: ACCOUNT, filter: { fromTime: '0' } }, options);
		const fence = await asked;
		const [first] = waiting;
		if (first) await answerAccount(first, 'late');
		connections.clock.skip(QUIET_PERIOD);
		await nextTurn();
		for (const record of bank.records) await bank.tell(fence.connection, 'transfer', record);
		await answerAccount(fence, 'in time');
		connections.clock.skip(QUIET_PERIOD);
		expect((await statement).map(({ params }) => params.narrative)).toEqual(['in the statement']);
		connections.close();
		await server.stop();
	});
});

describe('an answer that never comes', () => {
	it('holds up what must be proven for minutes, not for as long as the connection lasts', async () => {
		const { bank, server } = await startBank('webSocket');
		const connections = new TestPool({ silence: 100 * QUIET_PERIOD });
		const client = await connections.readyClient(settingsFor(server));
		bank.course = (received) => bank.acknowledge(received);
		const givenUp = errorOf(client.getAccount(ACCOUNT, { responseTimeout: RESPONSE_TIMEOUT }));
		await connections.clock.timer(RESPONSE_TIMEOUT);
		connections.clock.skip(RESPONSE_TIMEOUT);
		expect(await givenUp).toMatchObject({ name: 'OutcomeUnknownError' });

		connections.clock.skip(5 * 60 * SECONDS);
		bank.course = async (_received, proceed) => await proceed();
		const options = { ackTimeout: 60 * SECONDS, responseTimeout: 60 * SECONDS, quietPeriod: 10, provenComplete: true };
		expect(await getStatement(client.session, { accountNumber: ACCOUNT, filter: { fromTime: '0' } }, options)).toEqual([]);
		connections.close();
		await server.stop();
	});
});
