import { REGISTRATION_AMOUNT, REGISTRATION_CURRENCIES, registrationAccount, ValidationError } from '../../../client';
import type { Operation } from '../operation';
import { shownFor, textParameter } from '../operation';

/** How to bind an account to the key: offline, from the table in section "Registering a key" of the protocol. */
export const getRegistration: Operation = {
	properties: shownFor('account', 'getRegistration', [
		{
			displayName: 'Currency',
			name: 'currency',
			type: 'options',
			required: true,
			options: [...REGISTRATION_CURRENCIES].sort().map((currency) => ({ name: currency, value: currency })),
			default: 'USD',
			description: 'The currency of the account that you want to register',
			hint: 'Send the amount from that account to the account shown, in the banking site, with the narrative shown. It is done once for each account, and reimbursed.',
		},
	]),

	async execute(context) {
		const currency = textParameter(context, 'currency');
		const account = registrationAccount(currency);
		if (!account) {
			throw new ValidationError(
				'currency',
				'There is no registration account in this currency',
				`Choose one of ${REGISTRATION_CURRENCIES.join(', ')}. For another currency ask Crypto Capital’s customer support to open one.`,
			);
		}
		return [{ ...account, amount: REGISTRATION_AMOUNT, narrative: context.publicKey }];
	},
};
