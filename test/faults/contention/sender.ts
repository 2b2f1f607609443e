import { CryptoCapitalClient } from '../../../client';
import type { ClientSettings } from '../../../client';
import { argument, nextOrder, report } from '../support/child';

/** One of several processes that use one key: sends its transfers all at once, and tells what became of them. */
export interface SenderArgument {
	readonly settings: ClientSettings;
	readonly accountNumber: string;
	readonly beneficiary: string;
	readonly narratives: readonly string[];
}

export interface SenderReport {
	readonly accepted: number;
	readonly errors: readonly string[];
	/** How often a nonce was refused to this process. */
	readonly refusedNonces: number;
	/** For each transfer, how many times it was written. */
	readonly writings: readonly number[];
	/** From the start to the last answer, in milliseconds. */
	readonly duration: number;
}

async function main(): Promise<void> {
	const { settings, accountNumber, beneficiary, narratives } = argument() as SenderArgument;
	const client = new CryptoCapitalClient(settings);
	const { session } = client;
	const writings = new Map<string, number>();
	const perform = session.perform.bind(session);
	session.perform = async (request, options) =>
		await perform(request, {
			...options,
			onWritten: (nonce) => {
				if (request.operation === 'transfer') {
					writings.set(request.params.narrative, (writings.get(request.params.narrative) ?? 0) + 1);
				}
				options.onWritten?.(nonce);
			},
		});
	await client.ready({ ackTimeout: 60_000 });
	await report('ready');
	await nextOrder();
	const begun = performance.now();
	const results = await Promise.allSettled(
		narratives.map(async (narrative) =>
			await client.sendTransfer(
				{ accountNumber, beneficiary, currency: 'USD', amount: '0.01', narrative },
				{ ackTimeout: 60_000 },
			),
		),
	);
	const errors = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
	const done: SenderReport = {
		accepted: results.length - errors.length,
		errors,
		refusedNonces: session.writer.refusedNonces,
		writings: narratives.map((narrative) => writings.get(narrative) ?? 0),
		duration: performance.now() - begun,
	};
	await report({ ...done });
	session.close();
	process.disconnect();
}

void main();
