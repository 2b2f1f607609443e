import type { Transaction } from '../../../sandbox';
import type { Bank } from '../support/bank';
import { PATIENCE, withBank } from '../support/bank';
import type { Child } from '../support/child';
import { Lives } from './lives';
import type { N8nArgument, N8nReport } from './n8n-process';

type Process = Child<'count', N8nReport>;

/** What executions were started and completed, over all lives. */
class Chronicle {
	readonly started: string[] = [];

	readonly completed: string[] = [];

	/** Reads on until a report of this kind, about this transaction where one is given. */
	async until(process: Process, kind: N8nReport['kind'], transaction?: Transaction): Promise<N8nReport> {
		for (;;) {
			const report = await process.next();
			if (report.kind === 'started') this.started.push(report.transaction);
			if (report.kind === 'ended' && report.status === 'success') this.completed.push(report.transaction);
			const isAbout = !transaction || ('transaction' in report && report.transaction === transaction.id);
			if ((report.kind === kind && isAbout) || report.kind === 'held') return report;
		}
	}
}

interface Scene {
	readonly bank: Bank;
	readonly lives: Lives;
	readonly chronicle: Chronicle;
}

async function withScene(run: (scene: Scene) => Promise<void>): Promise<void> {
	await withBank('Socket.IO 4', async (bank) => {
		const lives = await Lives.of(bank);
		try {
			await run({ bank, lives, chronicle: new Chronicle() });
		} finally {
			await lives.end();
		}
	});
}

/** A trigger that knows what is history for it, and counts its writes from now on. In its first life it reads that twice. */
async function listening({ bank, lives, chronicle }: Scene, work: Partial<N8nArgument> = {}, readings = 2): Promise<Process> {
	let answers = 0;
	const caughtUp = bank.sandbox.next('sent', ({ type }) => type === 'account' && ++answers === readings, PATIENCE);
	const process = lives.begin({ listen: { accountNumbers: [bank.merchant] }, ...work });
	await chronicle.until(process, 'active');
	await caughtUp;
	process.order('count');
	await chronicle.until(process, 'counting');
	return process;
}

/** Starts it again, and lets it handle one more transfer: what it had still to start, it has started then. */
async function secondLife(scene: Scene): Promise<void> {
	const { bank, chronicle } = scene;
	const process = await listening(scene, {}, 1);
	await chronicle.until(process, 'ended', bank.receive('The last one'));
}

const ids = ({ ledger }: Bank) => ledger.map(({ id }) => id);

describe('n8n is killed while a transfer starts a workflow, and started again', () => {
	it.each([1, 2, 3])('before write %i to its database: the transfer has one completed execution', async (heldAt) => {
		await withScene(async (scene) => {
			const { bank, chronicle } = scene;
			const first = await listening(scene, { heldAt });
			const transfer = bank.receive('Invoice 1');
			const held = await chronicle.until(first, 'ended', transfer);
			await first.kill();
			// The static data, the execution's key as new, and the same as running: otherwise these are other moments than they say.
			expect(held).toMatchObject({ kind: 'held', of: ['static-data', 'execution-key', 'execution-key'][heldAt - 1] });

			await secondLife(scene);

			expect(chronicle.completed).toEqual(ids(bank));
		});
	});

	it('as it hears of the transfer: it has one completed execution', async () => {
		await withScene(async (scene) => {
			const { bank, chronicle } = scene;
			const first = await listening(scene);
			const sent = bank.sandbox.next('sent', ({ type }) => type === 'transfer', PATIENCE);
			bank.receive('Invoice 1');
			await sent;
			await first.kill();

			await secondLife(scene);

			expect(chronicle.started).toEqual(ids(bank));
		});
	});

	it('while the workflow runs: it is started once, and n8n shows that it did not end', async () => {
		await withScene(async (scene) => {
			const { bank, chronicle } = scene;
			const first = await listening(scene, { hangs: true });
			await chronicle.until(first, 'started', bank.receive('Invoice 1'));
			await first.kill();

			await secondLife(scene);

			expect(chronicle.started).toEqual(ids(bank));
			expect(chronicle.completed).toEqual(ids(bank).slice(1));
		});
	});

	it('after the workflow has ended, and before the next one: nothing is started again', async () => {
		await withScene(async (scene) => {
			const { bank, chronicle } = scene;
			const first = await listening(scene);
			await chronicle.until(first, 'ended', bank.receive('Invoice 1'));
			await chronicle.until(first, 'ended', bank.receive('Invoice 2'));
			await first.kill();
			bank.receive('While nobody listened');

			await secondLife(scene);

			expect(chronicle.completed).toEqual(ids(bank));
		});
	});

	it('before it had an event at all: what it would have heard is not lost, and history is not told', async () => {
		await withScene(async (scene) => {
			const { bank, chronicle } = scene;
			const first = await listening(scene);
			await first.kill();
			bank.receive('While nobody listened');

			await secondLife(scene);

			expect(chronicle.completed).toEqual(ids(bank));
		});
	});
});
