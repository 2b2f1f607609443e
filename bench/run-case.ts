import 'reflect-metadata';

import { CASES } from './cases';
import { FULL, SMOKE } from './measure';

/** One benchmark in a process of its own: `run-case <name> <full|smoke>`. Its findings go to the parent, or to the screen. */
async function main(): Promise<void> {
	const [name = '', size] = process.argv.slice(2);
	const run = CASES[name];
	if (!run) throw new Error(`There is no benchmark "${name}". There are: ${Object.keys(CASES).join(', ')}`);
	const findings = await run(size === 'smoke' ? SMOKE : FULL);
	if (process.send) process.send(findings, () => process.exit(0));
	else console.log(findings);
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
