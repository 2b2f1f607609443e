const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * A record that can only say whether it holds a value cannot say when something was. So an attempt is marked with its minute and its hour, and a short and a
 * long time back are both few questions.
 */
export function timeMarks(reference: string, time: number): string[] {
	return [mark(reference, 'minute', time, MINUTE), mark(reference, 'hour', time, HOUR)];
}

/** Every mark that an attempt between the two times can have. */
export function marksSince(reference: string, from: number, to: number): string[] {
	const [unit, length] = to - from <= 2 * HOUR ? (['minute', MINUTE] as const) : (['hour', HOUR] as const);
	const marks: string[] = [];
	for (let time = from; time < to + length; time += length) marks.push(mark(reference, unit, Math.min(time, to), length));
	return [...new Set(marks)];
}

function mark(reference: string, unit: string, time: number, length: number): string {
	return `${reference} ${unit} ${Math.floor(time / length)}`;
}
