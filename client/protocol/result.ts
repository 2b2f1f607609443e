/** A value, or the one reason why there is none. The protocol reports problems as codes; the words for users are chosen elsewhere. */
export type Result<Value, Problem extends string> =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly problem: Problem };

export function success<Value>(value: Value): { ok: true; value: Value } {
	return { ok: true, value };
}

export function failure<Problem extends string>(problem: Problem): { ok: false; problem: Problem } {
	return { ok: false, problem };
}
