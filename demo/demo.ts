import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair } from '../client/protocol';
import type { Sandbox } from '../sandbox';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS, startSandbox } from '../sandbox';
import type { Engine, Execution, WorkflowDefinition } from '../test/engine';
import { createEngine, loadBuiltPackage, nodeError, outputItems } from '../test/engine';
import { Narrator } from './narrator';
import { Screen } from './screen';

const ROOT = join(__dirname, '..');
const DEADLINE = 60_000;
const TIME_TO_CLOSE = 5_000;
/** Long enough to see on the screen that an acknowledgement is not yet a booking. */
const SETTLEMENT_DELAY = 600;

const { customerUsd, merchantUsd } = DEMO_ACCOUNTS;

/** Why the demonstration did not show what it is there to show. */
class DemonstrationError extends Error {}

async function demonstrate(screen: Screen, signal: AbortSignal): Promise<string> {
	const sandbox = await startSandbox({ settlementDelay: SETTLEMENT_DELAY });
	const customer = generateKeyPair();
	const owners = new Map([
		[DEMO_PUBLIC_KEYS.merchant, 'merchant'],
		[customer.publicKey, 'customer'],
	]);
	let engine: Engine | undefined;
	try {
		screen.title('Crypto Capital nodes for n8n: a customer pays, and the merchant’s workflow knows');

		screen.step('A bank to try it on');
		screen.text(`The sandbox speaks the Crypto Capital API at ${sandbox.url}.`);
		const narrator = new Narrator(screen, sandbox, owners);
		sandbox.registerKey({ accountNumber: customerUsd, publicKey: customer.publicKey });
		screen.text(`The customer has made a key and bound it to account ${customerUsd} by sending 1.00 with it.`);
		const before = showBalances(screen, sandbox);

		screen.step('The merchant activates “On an incoming transfer”');
		engine = createEngine({ ...(await loadBuiltPackage(ROOT)), observer: narrator });
		const merchantIsIn = sandbox.next('authenticated', ({ key }) => key === DEMO_PUBLIC_KEYS.merchant, DEADLINE);
		const active = await engine.activate(readExample('on-incoming-transfer'), {
			credentials: { cryptoCapitalApi: credential(sandbox, DEMO_PRIVATE_KEYS.merchant) },
		});
		await orAborted(merchantIsIn, signal);

		screen.step('The customer runs “Send a transfer”');
		const send = readExample('send-a-transfer');
		const credentials = { cryptoCapitalApi: credential(sandbox, customer.privateKey) };
		const run = await engine.run(send, { credentials, signal });
		const error = nodeError(run, 'Send the transfer')?.message ?? run.data.resultData.error?.message;
		const sent = outputItems(run, 'Send the transfer')[0]?.json;
		if (sent === undefined) throw new DemonstrationError(`The transfer was not sent: ${error ?? explainRefusal(run)}`);

		screen.step('The merchant’s workflow has started by itself');
		const triggered = await active.nextExecution({ signal });
		const transferId = requireSameTransfer(sent, triggered);

		screen.step('The customer runs it again, as after a lost connection');
		const again = await engine.run(send, { credentials, signal });
		const repeated = outputItems(again, 'Send the transfer')[0]?.json;
		if (repeated?.alreadySent !== true) throw new DemonstrationError('The second run did not find the first one’s transfer.');
		screen.text('The same reference: the node found the transfer that was made, and sent nothing.');

		screen.step('Afterwards');
		const after = showBalances(screen, sandbox);
		requireMoved(before, after, 149.95);
		return `Transfer ${transferId} was signed, sent, announced and verified, and it started the merchant’s workflow. Once.`;
	} finally {
		await engine?.close();
		await sandbox.close();
	}
}

function readExample(name: string): WorkflowDefinition {
	const text = readFileSync(join(ROOT, 'examples', `${name}.json`), 'utf8');
	return { ...(JSON.parse(text) as WorkflowDefinition), id: name };
}

function credential(sandbox: Sandbox, privateKey: string) {
	return { serverUrl: sandbox.url, serverPublicKey: sandbox.serverPublicKey, privateKey };
}

type Balances = Record<'customer' | 'merchant', number>;

function showBalances(screen: Screen, sandbox: Sandbox): Balances {
	const [customer, merchant] = [sandbox.balance(customerUsd), sandbox.balance(merchantUsd)];
	screen.table([
		['customer', customerUsd, `${customer.padStart(10)} USD`],
		['merchant', merchantUsd, `${merchant.padStart(10)} USD`],
	]);
	return { customer: Number(customer), merchant: Number(merchant) };
}

/** The id that the bank gave to what was sent must be the id of what the workflow was started with. */
function requireSameTransfer(sent: Record<string, unknown>, triggered: Execution): string {
	const { transfer: record, reference, status } = sent as { transfer?: { id: string }; reference: string; status: string };
	const item = (triggered.items[0]?.json ?? {}) as { id?: string; narrative?: string };
	if (record === undefined) throw new DemonstrationError(`The transfer was not confirmed: it is ${status}.`);
	if (item.id !== record.id) {
		throw new DemonstrationError(`Transfer ${record.id} was sent, but transfer ${item.id ?? 'none'} started the workflow.`);
	}
	if (!item.narrative?.includes(reference)) {
		throw new DemonstrationError(`Transfer ${record.id} does not carry the reference ${reference}.`);
	}
	if (triggered.run?.status !== 'success') {
		throw new DemonstrationError(`The workflow started, and ended as ${String(triggered.run?.status)}.`);
	}
	return record.id;
}

function requireMoved(before: Balances, after: Balances, amount: number): void {
	const cents = (value: number) => Math.round(value * 100);
	const left = cents(before.customer - after.customer);
	const arrived = cents(after.merchant - before.merchant);
	if (left === cents(amount) && arrived === cents(amount)) return;
	throw new DemonstrationError(`${left / 100} left the customer and ${arrived / 100} reached the merchant, instead of ${amount}.`);
}

function explainRefusal(run: Parameters<typeof outputItems>[0]): string {
	return JSON.stringify(outputItems(run, 'Not paid, or not known')[0]?.json ?? {});
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
	const aborted = new Promise<never>((_resolve, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
	});
	return await Promise.race([promise, aborted]);
}

async function main(): Promise<number> {
	const screen = new Screen(process.stdout);
	const deadline = new AbortController();
	const timer = setTimeout(() => deadline.abort(new DemonstrationError('It was not finished within a minute.')), DEADLINE);
	// For an end that does not come because something cannot be closed.
	const lastResort = setTimeout(() => process.exit(1), DEADLINE + TIME_TO_CLOSE);
	lastResort.unref();
	try {
		screen.verdict(true, await demonstrate(screen, deadline.signal));
		return 0;
	} catch (error) {
		screen.verdict(false, error instanceof Error ? error.message : String(error));
		if (!(error instanceof DemonstrationError) && error instanceof Error) screen.frames(error);
		return 1;
	} finally {
		clearTimeout(timer);
	}
}

void main().then((code) => {
	// The nodes keep a connection for a while after its last user, which is right in n8n, and too long for a reader.
	process.exit(code);
});
