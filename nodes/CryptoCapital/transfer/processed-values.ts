import type { IExecuteFunctions } from 'n8n-workflow';

import type { Clock } from '../../../client';
import { pause, systemClock } from '../../../client';

export type ProcessedDataHelpers = Pick<IExecuteFunctions['helpers'], 'checkProcessedAndRecord' | 'removeProcessed'>;

const SCOPE = 'node';
/** The row is read and written as a whole, so it has to stay small. What is forgotten is still found in the statement. */
const OPTIONS = { mode: 'entries', maxEntries: 20_000 } as const;
const MAXIMUM_REFUSALS = 4;
const LONGEST_PAUSE_AFTER_REFUSAL = 150;
/**
 * How long this process leaves the row alone before it reads it for a calm question: as long as such a read and write takes, a few times over, so
 * that whoever is in the middle of one has finished and what is read is what became of all of them.
 */
const CALM_FACTOR = 4;
const SHORTEST_CALM = 20;
const LONGEST_CALM = 500;

/** What a row said to a question. */
export interface Answer {
	/** Those of the values that were recorded before the question recorded them all. */
	readonly known: ReadonlySet<string>;
	/** At most so many milliseconds lay between the reading of the row and its writing. */
	readonly duration: number;
}

interface Question {
	readonly values: readonly string[];
	readonly calm: boolean;
	readonly answer: (answer: Answer) => void;
	readonly fail: (error: unknown) => void;
}

interface Removal {
	readonly values: readonly string[];
	readonly done: () => void;
	readonly fail: (error: unknown) => void;
}

/**
 * The values that n8n remembers for one node: a single row that all processes read, change and write back as a whole, without a lock. In this
 * process one read and write happens at a time, and answers all questions that came up meanwhile, so that a thousand claims at the
 * same moment are a few collisions with other processes and not a thousand.
 */
export class ProcessedValues {
	#questions: Question[] = [];

	#removals: Removal[] = [];

	#running = false;

	#lastWrite = -Infinity;

	#usualDuration = 0;

	constructor(private readonly clock: Clock = systemClock) {}

	/**
	 * Records values.
	 * @param calm read the row only after it was left alone for a while
	 * @throws whatever the database said, where it goes on refusing
	 */
	async ask(helpers: ProcessedDataHelpers, values: readonly string[], calm: boolean): Promise<Answer> {
		return await new Promise((answer, fail) => {
			this.#questions.push({ values, calm, answer, fail });
			this.#start(helpers);
		});
	}

	async forget(helpers: ProcessedDataHelpers, values: readonly string[]): Promise<void> {
		if (values.length === 0) return;
		await new Promise<void>((done, fail) => {
			this.#removals.push({ values, done, fail });
			this.#start(helpers);
		});
	}

	#start(helpers: ProcessedDataHelpers): void {
		if (this.#running) return;
		this.#running = true;
		void this.#run(helpers);
	}

	async #run(helpers: ProcessedDataHelpers): Promise<void> {
		// Whoever asks in this same turn of the event loop is part of the first round.
		await Promise.resolve();
		while (this.#questions.length > 0 || this.#removals.length > 0) {
			await this.#remove(helpers, this.#removals.splice(0));
			if (this.#questions.some(({ calm }) => calm)) await this.#letOthersFinish();
			await this.#record(helpers, this.#distinctQuestions());
		}
		this.#running = false;
	}

	/** The questions that wait, of those that ask for one value the first: the others must see what it records. */
	#distinctQuestions(): Question[] {
		const seen = new Set<string>();
		const now: Question[] = [];
		const later: Question[] = [];
		for (const question of this.#questions) {
			(question.values.some((value) => seen.has(value)) ? later : now).push(question);
			for (const value of question.values) seen.add(value);
		}
		this.#questions = later;
		return now;
	}

	async #letOthersFinish(): Promise<void> {
		const calm = Math.min(Math.max(CALM_FACTOR * this.#usualDuration, SHORTEST_CALM), LONGEST_CALM);
		const remaining = this.#lastWrite + calm - this.clock.elapsed();
		if (remaining > 0) await pause(this.clock, remaining);
	}

	async #record(helpers: ProcessedDataHelpers, questions: readonly Question[]): Promise<void> {
		if (questions.length === 0) return;
		const values = questions.flatMap((question) => question.values);
		for (let refusal = 0; ; refusal += 1) {
			const begun = this.clock.elapsed();
			try {
				const { processed } = await helpers.checkProcessedAndRecord(values, SCOPE, OPTIONS);
				const duration = this.#wrote(begun);
				const known = new Set<unknown>(processed);
				for (const question of questions) {
					question.answer({ known: new Set(question.values.filter((value) => known.has(value))), duration });
				}
				return;
			} catch (error) {
				// The first execution of two that create the row at the same moment makes the other one fail.
				if (refusal < MAXIMUM_REFUSALS) {
					await pause(this.clock, LONGEST_PAUSE_AFTER_REFUSAL * Math.random());
					continue;
				}
				for (const { fail } of questions) fail(error);
				return;
			}
		}
	}

	async #remove(helpers: ProcessedDataHelpers, removals: readonly Removal[]): Promise<void> {
		if (removals.length === 0) return;
		const begun = this.clock.elapsed();
		try {
			await helpers.removeProcessed(
				removals.flatMap(({ values }) => values),
				SCOPE,
				OPTIONS,
			);
			this.#wrote(begun);
			for (const { done } of removals) done();
		} catch (error) {
			for (const { fail } of removals) fail(error);
		}
	}

	#wrote(begun: number): number {
		this.#lastWrite = this.clock.elapsed();
		const duration = this.#lastWrite - begun;
		this.#usualDuration = Math.max(duration, this.#usualDuration * 0.9);
		return duration;
	}
}
