import type { ExecutionError, INodeExecutionData, IRun, ITaskData } from 'n8n-workflow';

/** The items that a node put out, on its first output where no other is named. None where it did not run. */
export function outputItems(run: IRun, nodeName: string, branch = 0): INodeExecutionData[] {
	return lastTask(run, nodeName)?.data?.main?.[branch] ?? [];
}

/** The error that a node ended with, also where the workflow went on in spite of it. */
export function nodeError(run: IRun, nodeName: string): ExecutionError | undefined {
	return lastTask(run, nodeName)?.error;
}

export function hasRun(run: IRun, nodeName: string): boolean {
	return lastTask(run, nodeName) !== undefined;
}

function lastTask(run: IRun, nodeName: string): ITaskData | undefined {
	return run.data.resultData.runData[nodeName]?.at(-1);
}
