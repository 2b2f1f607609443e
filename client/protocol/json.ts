/** An object that came over the wire. Only own properties may be looked at: `JSON.parse` makes `__proto__` an own one too. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object in a JSON string, or the object itself where it came parsed. Undefined for anything that is no plain object. */
export function readJson(payload: unknown): JsonObject | undefined {
	const value = typeof payload === 'string' ? parse(payload) : payload;
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
