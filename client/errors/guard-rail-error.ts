import { CryptoCapitalError } from './base';

/** A rule that the owner of the credential set does not allow this transfer. Nothing was signed. */
export class GuardRailError extends CryptoCapitalError {
	/** The credential field that holds the rule. */
	readonly guardRail: 'allowTransfers' | 'maximumAmount' | 'allowedBeneficiaries';

	constructor(guardRail: GuardRailError['guardRail'], message: string) {
		super(message, {
			description:
				'Nothing was sent. The owner of the credential set this limit; only they can change it, in the credential itself.',
			outcome: 'rejected',
			details: { guardRail },
		});
		this.guardRail = guardRail;
	}
}
