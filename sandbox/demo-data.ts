import type { NewAccount } from './bank/accounts';

/**
 * The keys and accounts that a sandbox begins with. They are public, and each private key is a readable text on purpose: nobody can mistake one
 * for a secret, and nobody may use one anywhere else.
 */
export const DEMO_PRIVATE_KEYS = {
	/** The business whose workflows run in n8n. */
	merchant: demoPrivateKey('crypto-capital-sandbox-merchant!'),
	/** What the sandbox itself signs with. */
	server: demoPrivateKey('crypto-capital-sandbox-the-bank!'),
} as const;

export const DEMO_PUBLIC_KEYS = {
	merchant: 'BE2wbLgbsatHKbZ00HwozhLvzGaaM0Dz6N4N/gWU4J/RLY1PG2FmhAIELcSiJfyYvsm4gDKcK8O1ZL7z68fk7Wg=',
	server: 'BLux101O0Y95MQQ18e97KgGUO4JSVnAM2sikmUkcUrXWQz4VWNvA/oE/3dKVvr+0jcMveBVsjK8x38WfEXi94Xs=',
} as const;

/** Account numbers by what they are for. */
export const DEMO_ACCOUNTS = {
	/** Registered to the merchant's key. */
	merchantUsd: '9120000001',
	merchantEur: '9120000003',
	/** The merchant's too, and not registered yet: for trying out the registration. */
	merchantReserveUsd: '9120000004',
	/** Others, who use the banking site only. */
	customerUsd: '9120000002',
	customerEur: '9120000012',
	customerGbp: '9120000013',
	customerCad: '9120000014',
	customerJpy: '9120000015',
	customerCny: '9120000016',
	customerAud: '9120000017',
	customerPln: '9120000018',
	supplierUsd: '9120000005',
	supplierEur: '9120000006',
} as const;

const onTheApi = { publicKeys: [DEMO_PUBLIC_KEYS.merchant] };

export const DEMO_ACCOUNT_OPENINGS: readonly NewAccount[] = [
	{ accountNumber: DEMO_ACCOUNTS.merchantUsd, name: 'Merchant USD', currency: 'USD', openingBalance: '25000.00', ...onTheApi },
	{ accountNumber: DEMO_ACCOUNTS.merchantEur, name: 'Merchant EUR', currency: 'EUR', openingBalance: '12500.00', ...onTheApi },
	{ accountNumber: DEMO_ACCOUNTS.merchantReserveUsd, name: 'Merchant reserve', currency: 'USD', openingBalance: '5000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerUsd, name: 'Customer USD', currency: 'USD', openingBalance: '10000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerEur, name: 'Customer EUR', currency: 'EUR', openingBalance: '10000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerGbp, name: 'Customer GBP', currency: 'GBP', openingBalance: '8000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerCad, name: 'Customer CAD', currency: 'CAD', openingBalance: '12000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerJpy, name: 'Customer JPY', currency: 'JPY', openingBalance: '1500000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerCny, name: 'Customer CNY', currency: 'CNY', openingBalance: '70000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerAud, name: 'Customer AUD', currency: 'AUD', openingBalance: '15000.00' },
	{ accountNumber: DEMO_ACCOUNTS.customerPln, name: 'Customer PLN', currency: 'PLN', openingBalance: '40000.00' },
	{ accountNumber: DEMO_ACCOUNTS.supplierUsd, name: 'Supplier USD', currency: 'USD', openingBalance: '1000.00' },
	{ accountNumber: DEMO_ACCOUNTS.supplierEur, name: 'Supplier EUR', currency: 'EUR', openingBalance: '1000.00' },
];

function demoPrivateKey(text: string): string {
	return Buffer.from(text, 'utf8').toString('base64');
}
