import type { WriteStream } from 'node:tty';

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

export type Style = keyof typeof STYLES;

const WHO_WIDTH = 9;
const WHAT_WIDTH = 14;

/** Writes the demonstration for a person to read: in colour on a terminal, as plain text anywhere else. */
export class Screen {
	private readonly hasColour: boolean;
	private readonly startedAt = performance.now();
	private stepNumber = 0;

	constructor(private readonly stream: Pick<WriteStream, 'write' | 'isTTY'>) {
		this.hasColour = stream.isTTY && !process.env.NO_COLOR;
	}

	title(text: string): void {
		this.write('', this.paint(text, 'bold'), this.paint('='.repeat(text.length), 'dim'));
	}

	step(text: string): void {
		this.write('', this.paint(`${++this.stepNumber}. ${text}`, 'bold', 'cyan'));
	}

	text(text: string): void {
		this.write(`   ${text}`);
	}

	/** Something that happened just now: who, what, and the details. */
	happened(who: string, what: string, details: string, style: Style = 'blue'): void {
		const seconds = ((performance.now() - this.startedAt) / 1000).toFixed(3).padStart(7);
		const time = this.paint(seconds, 'dim');
		this.write(`   ${time}  ${this.paint(who.padEnd(WHO_WIDTH), style)} ${what.padEnd(WHAT_WIDTH)} ${details}`);
	}

	table(rows: ReadonlyArray<readonly string[]>): void {
		const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
		for (const row of rows) this.text(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('   ').trimEnd());
	}

	verdict(isGood: boolean, text: string): void {
		this.write('', this.paint(`${isGood ? 'It worked.' : 'It did not work.'} ${text}`, 'bold', isGood ? 'green' : 'red'), '');
	}

	/** Where in this project an error comes from. */
	frames({ stack = '' }: Error): void {
		const frames = stack.split('\n').filter((line) => /^\s+at /.test(line) && !/node_modules|node:/.test(line));
		this.write(...frames.map((frame) => this.paint(frame, 'dim')));
	}

	private paint(text: string, ...styles: Style[]): string {
		if (!this.hasColour) return text;
		return styles.map((style) => `\u001b[${STYLES[style]}m`).join('') + text + '\u001b[0m';
	}

	private write(...lines: string[]): void {
		this.stream.write(`${lines.join('\n')}\n`);
	}
}

/** Enough of a key or signature to recognise it by. */
export function shorten(text: string): string {
	return text.length <= 16 ? text : `${text.slice(0, 6)}…${text.slice(-6)}`;
}
