import { Cleanup } from '../../../scripts/n8n/cleanup';

interface Closable {
	close(): Promise<unknown>;
}

/** Of a test file: takes what it started, and closes it in reverse after its tests, also where they never began because the next thing did not start. */
export function keptUntilTheEnd(): <Thing extends Closable>(thing: Thing) => Thing {
	const cleanup = new Cleanup();
	afterAll(async () => {
		const errors = await cleanup.run();
		if (errors.length > 0) throw new AggregateError(errors, 'Something could not be closed');
	});
	return (thing) => {
		cleanup.add(async () => await thing.close());
		return thing;
	};
}
