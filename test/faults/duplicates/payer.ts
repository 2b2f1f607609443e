import { setTimeout } from 'node:timers/promises';

import type { AttemptRecord, Claim, ClientSettings, TransferResult } from '../../../client';
import { CryptoCapitalClient, CryptoCapitalError } from '../../../client';
import type { RecordingNode } from '../../../nodes/CryptoCapital/transfer/recorded-attempts';
import { recordedAttempts } from '../../../nodes/CryptoCapital/transfer/recorded-attempts';
import { ProcessedData } from '../../engine/processed-data';
import { argument, nextOrder, report } from '../support/child';
import type { Place } from './databases';
import { openRows } from './databases';

/** One of two processes of n8n that share a database: both are given the same payments at the same moment. */
export interface PayerArgument {
	readonly settings: ClientSettings;
	readonly place: Place;
	readonly accountNumber: string;
	readonly beneficiary: string;
	readonly quietPeriod: number;
}

/** References to pay, each a little later than the one before. None ends the process. */
export interface PayerOrder {
	readonly references: string[];
	/** Milliseconds since 1970, the same for both processes. */
	readonly from: number;
	readonly step: number;
}

export interface Payment {
	readonly reference: string;
	readonly status: TransferResult['status'] | undefined;
	readonly alreadySent: boolean;
	readonly error: string | undefined;
	readonly claim: Claim | undefined;
	/** Milliseconds since 1970, with fractions. */
	readonly begun: number;
	readonly ended: number;
}

export type PayerReport = 'ready' | readonly Payment[];

async function main(): Promise<void> {
	const { settings, place, accountNumber, beneficiary, quietPeriod } = argument() as PayerArgument;
	const rows = await openRows(place);
	const client = new CryptoCapitalClient(settings);
	const node = nodeOver(new ProcessedData(rows));

	const pay = async (reference: string): Promise<Payment> => {
		const attempts = recordedAttempts(node, client.session.publicKey);
		if (!attempts) throw new Error('The workflow is saved, so attempts are recorded');
		const claims: Claim[] = [];
		const begun = now();
		try {
			const { status, alreadySent } = await client.sendTransfer(
				{ accountNumber, beneficiary, currency: 'USD', amount: '1.00', narrative: 'Paid twice?', reference },
				{ attempts: noting(attempts, claims), quietPeriod },
			);
			return { reference, status, alreadySent, error: undefined, claim: claims[0], begun, ended: now() };
		} catch (error) {
			return { reference, status: undefined, alreadySent: false, error: describe(error), claim: claims[0], begun, ended: now() };
		}
	};

	await client.ready();
	await report('ready');
	for (;;) {
		const { references, from, step } = (await nextOrder()) as PayerOrder;
		if (references.length === 0) break;
		const payments = references.map(async (reference, index) => {
			await setTimeout(Math.max(0, from + index * step - now()));
			return await pay(reference);
		});
		await report(JSON.parse(JSON.stringify(await Promise.all(payments))) as Payment[]);
	}
	client.session.close();
	await rows.close();
	process.disconnect();
}

function describe(error: unknown): string {
	return error instanceof CryptoCapitalError ? `${error.message}. ${error.description}` : String(error);
}

function now(): number {
	return performance.timeOrigin + performance.now();
}

/** What the node sees of n8n, with n8n's way of remembering over a database of the test's choice. */
function nodeOver(processedData: ProcessedData): RecordingNode {
	const workflow = { id: 'workflow00000001', name: 'Pay', active: true };
	const self = { id: 'node1', name: 'Send', type: 'test', typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
	const context = { workflow, node: self };
	return {
		getWorkflow: () => workflow,
		getNode: () => self,
		helpers: {
			checkProcessedAndRecord: async (items, scope, options) =>
				await processedData.checkProcessedAndRecord(items, scope, context, options),
			removeProcessed: async (items, scope, options) => await processedData.removeProcessed(items, scope, context, options),
		},
	};
}

function noting(attempts: AttemptRecord, claims: Claim[]): AttemptRecord {
	return {
		claim: async (key, options) => {
			const claim = await attempts.claim(key, options);
			claims.push(claim);
			return claim;
		},
		confirm: async (key, options) => await attempts.confirm(key, options),
		release: async (key) => await attempts.release(key),
	};
}

void main();
