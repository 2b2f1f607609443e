import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The heap in use once everything unreachable is gone, in MiB. */
export function settledHeap(): number {
	collect();
	collect();
	return process.memoryUsage().heapUsed / 1_048_576;
}
