import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';

import { build } from 'esbuild';
import type { ICredentialType, INodeType } from 'n8n-workflow';

import type { Clock, ConnectionPool } from '../../../client';

const DIST = join(__dirname, '..', '..', '..', 'dist');

/** The built package, and what a process has of it only once. */
const ENTRY = `
	module.exports = {
		CryptoCapital: require('./nodes/CryptoCapital/CryptoCapital.node.js').CryptoCapital,
		CryptoCapitalTrigger: require('./nodes/CryptoCapitalTrigger/CryptoCapitalTrigger.node.js').CryptoCapitalTrigger,
		CryptoCapitalApi: require('./credentials/CryptoCapitalApi.credentials.js').CryptoCapitalApi,
		systemClock: require('./client/clock.js').systemClock,
		sharedConnections: require('./client/connection-pool.js').sharedConnections,
	};
`;

/** The package as one process of n8n has loaded it: with a memory of its own. */
export interface FreshPackage {
	readonly CryptoCapital: new () => INodeType;
	readonly CryptoCapitalTrigger: new () => INodeType;
	readonly CryptoCapitalApi: new () => ICredentialType;
	/** What everything in it takes for time. */
	readonly systemClock: Clock;
	readonly sharedConnections: ConnectionPool;
}

type Load = () => FreshPackage;

/**
 * Makes a function that loads the built package anew at every call, so that one process can stand for many: whatever the package remembers in
 * variables, each of them begins without.
 */
export async function readPackage(): Promise<Load> {
	const { outputFiles } = await build({
		stdin: { contents: ENTRY, resolveDir: DIST, sourcefile: 'the-package.js' },
		bundle: true,
		write: false,
		format: 'cjs',
		platform: 'node',
		target: 'node22',
		external: ['n8n-workflow'],
		logLevel: 'warning',
	});
	const text = outputFiles[0]?.text ?? '';
	const script = new Script(`(function (module, exports, require) {${text}\n})`, { filename: 'the-package.js' });
	const require = createRequire(join(DIST, 'index.js'));
	return () => {
		const module = { exports: {} };
		const run = script.runInThisContext() as (module: object, exports: object, require: NodeJS.Require) => void;
		run(module, module.exports, require);
		return module.exports as FreshPackage;
	};
}
