import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE = 30_000;

/**
 * Asks until there is an answer.
 * @throws where there is none in time
 */
export async function eventually<Answer>(
	what: string,
	ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
	patience = PATIENCE,
	every = 100,
): Promise<Answer> {
	const deadline = Date.now() + patience;
	for (;;) {
		const answer = await ask();
		if (answer !== undefined && answer !== false) return answer;
		if (Date.now() > deadline) throw new Error(`Waited ${patience} ms in vain for ${what}`);
		await pause(every);
	}
}
