import { parseArgs } from 'node:util';

import type { SandboxOptions } from '.';
import { DEMO_ACCOUNTS, DEMO_PRIVATE_KEYS, DEMO_PUBLIC_KEYS, FAULT_NAMES, startSandbox } from '.';
import { isFaultName } from './faults/definitions';
import type { Sandbox } from './sandbox';

const USAGE = `A sandbox of the Crypto Capital API: a bank in memory, without any real money.

  --port <number>              8080 where left out; 0 lets the system choose
  --host <address>             127.0.0.1 where left out
  --settlement-delay <ms>      from the acknowledgement of a transfer to its booking
  --broadcast-statements       send the records of a statement to all connections of the key
  --socket-io-payload <style>  string or object: how payloads are sent over Socket.IO
  --web-socket-payload <style> object or string: how payloads are sent over WebSocket
  --fault <name[=settings]>    switch a fault on, e.g. --fault 'dropAfterAck={"operation":"transfer","times":1}'
  --no-demo-data               begin without the demonstration's key and accounts
  --json                       print one line of JSON instead of words
  --help

Faults: ${FAULT_NAMES.join(', ')}
`;

const DEFAULT_PORT = '8080';

function readArguments() {
	return parseArgs({
		options: {
			port: { type: 'string', default: DEFAULT_PORT },
			host: { type: 'string' },
			'settlement-delay': { type: 'string', default: '0' },
			'broadcast-statements': { type: 'boolean', default: false },
			'socket-io-payload': { type: 'string' },
			'web-socket-payload': { type: 'string' },
			fault: { type: 'string', multiple: true, default: [] },
			'no-demo-data': { type: 'boolean', default: false },
			json: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	}).values;
}

type Arguments = ReturnType<typeof readArguments>;

function optionsOf(values: Arguments): SandboxOptions {
	const socketIoPayload = payloadStyle(values['socket-io-payload']);
	const webSocketPayload = payloadStyle(values['web-socket-payload']);
	return {
		port: wholeNumber('--port', values.port),
		settlementDelay: wholeNumber('--settlement-delay', values['settlement-delay']),
		broadcastStatements: values['broadcast-statements'],
		demoData: !values['no-demo-data'],
		...(values.host === undefined ? {} : { host: values.host }),
		...(socketIoPayload === undefined ? {} : { socketIoPayload }),
		...(webSocketPayload === undefined ? {} : { webSocketPayload }),
	};
}

function wholeNumber(flag: string, text: string): number {
	if (!/^[0-9]{1,9}$/u.test(text)) throw new Error(`${flag} must be a number`);
	return Number(text);
}

function payloadStyle(text: string | undefined) {
	if (text === undefined || text === 'string' || text === 'object') return text;
	throw new Error('A payload style is string or object');
}

function enableFault(sandbox: Sandbox, flag: string): void {
	const [name = '', settings = '{}'] = flag.split(/=(.*)/su);
	if (!isFaultName(name)) throw new Error(`There is no fault ${name}`);
	// Whatever it holds is checked against the fault's own parameters.
	sandbox.faults.enable(name, JSON.parse(settings) as object);
}

function introduce({ url, webSocketUrl, serverPublicKey }: Sandbox, values: Arguments): string {
	if (values.json) return JSON.stringify({ url, webSocketUrl, serverPublicKey });
	const credential = [
		'',
		'A credential that works here (these keys are public: use them nowhere else)',
		`  Server URL         ${url}`,
		`  Private key        ${DEMO_PRIVATE_KEYS.merchant}`,
		`  Public key         ${DEMO_PUBLIC_KEYS.merchant}`,
		`  Server public key  ${serverPublicKey}`,
		`  Accounts           ${DEMO_ACCOUNTS.merchantUsd} (USD), ${DEMO_ACCOUNTS.merchantEur} (EUR)`,
	];
	return [
		'SANDBOX of the Crypto Capital API. No real money.',
		'',
		`  Page and control   ${url}`,
		`  Socket.IO          ${url}`,
		`  WebSocket          ${webSocketUrl}`,
		...(values['no-demo-data'] ? [`  Server public key  ${serverPublicKey}`] : credential),
		'',
		'Stop with Ctrl+C.',
	].join('\n');
}

async function main(): Promise<void> {
	const values = readArguments();
	if (values.help) {
		process.stdout.write(USAGE);
		return;
	}
	const sandbox = await startSandbox(optionsOf(values));
	for (const fault of values.fault) enableFault(sandbox, fault);
	process.stdout.write(`${introduce(sandbox, values)}\n`);
	const close = () => void sandbox.close();
	process.once('SIGINT', close);
	process.once('SIGTERM', close);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
	process.exit(1);
});
