import type { ValidTransfer } from '../../client';
import { GuardRailError, readTransferAmount } from '../../client';
import type { GuardRails } from './credential';

/**
 * Holds a transfer to what the owner of the credential allows. Called before anything is signed.
 * @throws GuardRailError for the first rule that says no
 */
export function enforceGuardRails(transfer: ValidTransfer, rails: GuardRails): void {
	const { amount, currency, beneficiary } = transfer;
	if (!rails.allowTransfers) {
		throw new GuardRailError('allowTransfers', 'The credential allows no transfers: it can only read');
	}
	const limit = limitOf(rails.maximumAmount);
	if (limit !== undefined && amount.minorUnits > limit.minorUnits) {
		throw new GuardRailError(
			'maximumAmount',
			`The credential allows at most ${limit.text} ${currency} a transfer, and this one is ${amount.text} ${currency}`,
		);
	}
	if (rails.allowedBeneficiaries.length > 0 && !rails.allowedBeneficiaries.includes(beneficiary)) {
		throw new GuardRailError('allowedBeneficiaries', `The credential does not allow transfers to account ${beneficiary}`);
	}
}

function limitOf(maximumAmount: number | string): { text: string; minorUnits: bigint } | undefined {
	if (maximumAmount === 0 || maximumAmount === '' || maximumAmount === '0') return undefined;
	const limit = readTransferAmount(maximumAmount);
	if (limit.ok) return limit.value;
	// A limit was meant, and nobody can tell which: nothing may pass it.
	throw new GuardRailError('maximumAmount', 'The credential’s maximum amount is no amount with at most two decimals');
}
