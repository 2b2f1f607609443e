/**
 * What a thousand units of each currency are worth in US dollars here. Invented and fixed: the API moves money within one currency only, so
 * these serve transfers that other customers make in the banking site, which reach us with two currencies and two amounts.
 */
const DOLLARS_PER_THOUSAND: Readonly<Record<string, bigint>> = {
	USD: 1000n,
	EUR: 1100n,
	GBP: 1250n,
	CAD: 750n,
	JPY: 7n,
	CNY: 140n,
	AUD: 650n,
	PLN: 250n,
};

/** Converts minor units, rounded down: fractions of a cent stay with the bank. */
export function exchange(minorUnits: bigint, from: string, to: string): bigint {
	const sold = DOLLARS_PER_THOUSAND[from];
	const bought = DOLLARS_PER_THOUSAND[to];
	if (sold === undefined || bought === undefined) throw new Error(`No exchange rate from ${from} to ${to}`);
	return (minorUnits * sold) / bought;
}
