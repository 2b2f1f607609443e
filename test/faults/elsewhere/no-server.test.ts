import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { ClientSettings } from '../../../client';
import { ConnectionPool, CryptoCapitalClient, DEFAULT_SESSION_OPTIONS } from '../../../client';
import { selfSignedCertificate } from '../../servers/certificate';
import type { Bank } from '../support/bank';
import { TRANSPORTS, withBank } from '../support/bank';
import { Listening } from '../support/trigger';

const TRANSFER = { accountNumber: '9130000001', beneficiary: '9130000002', currency: 'USD', amount: '1.00', narrative: 'Rent' };

/** Each way to move money or to read, tried on a client of its own. */
async function everyAnswer(settings: ClientSettings): Promise<unknown[]> {
	const connections = new ConnectionPool({ ...DEFAULT_SESSION_OPTIONS, connectTimeout: 1_000 }, 0);
	const client = new CryptoCapitalClient(settings, connections);
	const options = { ackTimeout: 5_000 };
	const answers = await Promise.allSettled([
		client.sendTransfer(TRANSFER, options),
		client.sendTransfer({ ...TRANSFER, reference: 'INV-1' }, options),
		client.getStatement({ accountNumber: TRANSFER.accountNumber, filter: { limit: '1' } }, options),
		client.getAccount(TRANSFER.accountNumber, options),
	]);
	connections.closeAll();
	return answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as unknown) : answer));
}

function everyTime(error: object): unknown[] {
	return Array.from({ length: 4 }, (): unknown => expect.objectContaining(error));
}

describe.each(TRANSPORTS)('over %s', (transport) => {
	it('nothing is sent where nobody listens', async () => {
		await withBank(transport, async (bank) => {
			await bank.sandbox.stop();

			expect(await everyAnswer(bank.settings)).toEqual(
				everyTime({ outcome: 'notSent', message: expect.stringMatching(/^No Crypto Capital server answers at/u) }),
			);
		});
	});

	it('nothing is sent to a server whose certificate nobody has signed', async () => {
		await withBank(
			transport,
			async (bank) => {
				const operations = jest.fn();
				bank.sandbox.on('operation', operations);

				expect(await everyAnswer(bank.settings)).toEqual(
					everyTime({ outcome: 'notSent', message: expect.stringMatching(/^The certificate of https:\S+ is not trusted$/u) }),
				);
				expect(operations).not.toHaveBeenCalled();
			},
			{ tls: selfSignedCertificate() },
		);
	});

	it('nothing is sent to a server that accepts connections and never speaks', async () => {
		const sockets = new Set<Socket>();
		const silent = createServer((socket) => sockets.add(socket)).listen(0, '127.0.0.1');
		await once(silent, 'listening');
		const serverUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
		try {
			await withBank(transport, async (bank) => {
				expect(await everyAnswer({ ...bank.settings, serverUrl })).toEqual(
					everyTime({
						outcome: 'notSent',
						message: `${serverUrl} accepted the connection and then did not answer`,
					}),
				);
			});
		} finally {
			for (const socket of sockets) socket.destroy();
			silent.close();
		}
	});

	it('a trigger is active before its server is there, and starts the workflow when it is', async () => {
		await withBank(transport, async (bank: Bank) => {
			await bank.sandbox.stop();
			const listening = await Listening.beforeTheServer(bank);
			try {
				const transfer = bank.receive('While nobody listened');
				await bank.sandbox.start();
				await listening.handled(transfer);
				await listening.settle();

				expect(listening.started).toEqual(bank.ledger.map(({ id }) => id));
				expect(listening.told).toEqual([]);
			} finally {
				await listening.close();
			}
		});
	});
});
