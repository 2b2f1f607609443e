/** Orders canonical transaction ids by their number, however long they are. */
export function byTransactionId(a: string, b: string): number {
	if (a.length !== b.length) return a.length - b.length;
	if (a === b) return 0;
	return a < b ? -1 : 1;
}

export function isNewer(id: string, than: string): boolean {
	return byTransactionId(id, than) > 0;
}
