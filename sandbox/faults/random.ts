/** Numbers from 0 to 1 that are the same for the same seed (a 32 bit xorshift): chance that a failing test can repeat. */
export function seededRandom(seed: number): () => number {
	// Neighbouring seeds must not begin alike, and 0 would stay 0 for ever.
	let state = Math.imul(Math.trunc(seed) ^ 0x9e3779b9, 0x85ebca6b) || 1;
	return () => {
		state ^= state << 13;
		state ^= state >>> 17;
		state ^= state << 5;
		return (state >>> 0) / 0x1_0000_0000;
	};
}
