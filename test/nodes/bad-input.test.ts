import type { INodeParameters } from 'n8n-workflow';
import { sharedConnections } from '../../client';
import { merchantUsd, send, World } from './world';

let world: World;
beforeAll(async () => {
	world = await World.open();
});
afterEach(() => sharedConnections.closeAll());
afterAll(async () => await world.close());

const expression = (value: string) => `={{ ${value} }}`;

const AMOUNTS: Array<[string, INodeParameters[string], string]> = [
	['0', 0, 'The amount is not greater than zero'],
	['-1', -1, 'The amount is not greater than zero'],
	['-0.01 as text', '-0.01', 'The amount is not greater than zero'],
	['0.00 as text', '0.00', 'The amount is not greater than zero'],
	['1.005', 1.005, 'The amount has more than two decimals'],
	['0.1 + 0.2', expression('0.1 + 0.2'), 'The amount has more than two decimals'],
	['1.005 as text', '1.005', 'The amount has more than two decimals'],
	['1e-7', 1e-7, 'The amount has more than two decimals'],
	['1e21', 1e21, 'The amount has more than 15 significant digits'],
	['1e21 as text', '1e+21', 'The amount has more than 15 significant digits'],
	['16 digits', '99999999999999.99', 'The amount has more than 15 significant digits'],
	['NaN', expression('NaN'), 'The amount is not a plain decimal number'],
	['infinity', expression('1 / 0'), 'The amount is not a plain decimal number'],
	['a word', expression('"abc"'), 'The amount is not a plain decimal number'],
	['a text with a comma', expression('"1,50"'), 'The amount is not a plain decimal number'],
	['a text with a thousands separator', expression('"1,000.00"'), 'The amount is not a plain decimal number'],
	['a text with a currency', expression('"150 USD"'), 'The amount is not a plain decimal number'],
	['hex', expression('"0x10"'), 'The amount is not a plain decimal number'],
	['a leading zero', expression('"01.00"'), 'The amount is not a plain decimal number'],
	['a plus sign', expression('"+1"'), 'The amount is not a plain decimal number'],
	['a boolean', expression('true'), 'The amount is not a plain decimal number'],
	['a list', expression('[1]'), 'The amount is not a plain decimal number'],
	['a field that is not there', expression('$json.amount'), 'The amount is missing'],
	['an empty text', expression('""'), 'The amount is missing'],
];

const ACCOUNTS: Array<[string, INodeParameters, string, string]> = [
	['nine digits', { accountNumber: '912000000' }, 'The account number is not ten digits', 'accountNumber'],
	['eleven digits', { accountNumber: '91200000011' }, 'The account number is not ten digits', 'accountNumber'],
	['letters', { accountNumber: 'GB33BUKB20' }, 'The account number is not ten digits', 'accountNumber'],
	['a number of nine digits', { accountNumber: expression('912000000') }, 'The account number is not ten digits', 'accountNumber'],
	['other digits than ASCII', { accountNumber: '٩١٢٠٠٠٠٠٠١' }, 'The account number is not ten digits', 'accountNumber'],
	['a beneficiary of nine digits', { beneficiary: '912000000' }, 'The beneficiary is not ten digits', 'beneficiary'],
	['a beneficiary that is not there', { beneficiary: expression('$json.to') }, 'The beneficiary is not ten digits', 'beneficiary'],
	['itself', { beneficiary: merchantUsd }, `The beneficiary is the sending account ${merchantUsd} itself`, 'beneficiary'],
];

const NARRATIVES: Array<[string, INodeParameters, string, string]> = [
	['empty', { narrative: '' }, 'The narrative is empty', 'narrative'],
	['white space', { narrative: '   ' }, 'The narrative is empty', 'narrative'],
	['10,000 characters', { narrative: 'x'.repeat(10_000) }, 'The narrative has 10000 characters', 'narrative'],
	['1,001 characters', { narrative: 'x'.repeat(1_001) }, 'The narrative has 1001 characters', 'narrative'],
	['a line break', { narrative: 'one\ntwo' }, 'The narrative contains control characters', 'narrative'],
	['a tab', { narrative: 'one\ttwo' }, 'The narrative contains control characters', 'narrative'],
	['a NUL', { narrative: 'one\u0000two' }, 'The narrative contains control characters', 'narrative'],
	['a line separator', { narrative: 'one\u2028two' }, 'The narrative contains control characters', 'narrative'],
	['half an emoji', { narrative: 'Thanks \ud83d' }, 'The narrative contains half of a character', 'narrative'],
	['no text', { narrative: expression('{ a: 1 }') }, 'The narrative is empty', 'narrative'],
];

const REFERENCES: Array<[string, INodeParameters, string, string]> = [
	['with a space', { reference: 'INV 1' }, 'The reference is not 1 to 64 visible characters', 'reference'],
	['65 characters', { reference: 'R'.repeat(65) }, 'The reference is not 1 to 64 visible characters', 'reference'],
	['with a line break inside', { reference: 'INV\n1' }, 'The reference is not 1 to 64 visible characters', 'reference'],
	['with something invisible', { reference: 'INV\u200b1' }, 'The reference is not 1 to 64 visible characters', 'reference'],
	['half an emoji', { reference: 'INV\ud83d' }, 'The reference is not 1 to 64 visible characters', 'reference'],
];

const CURRENCIES: Array<[string, INodeParameters, string, string]> = [
	['lower case', { currency: 'usd' }, 'The currency is not three capital letters', 'currency'],
	['two letters', { currency: 'US' }, 'The currency is not three capital letters', 'currency'],
	['a symbol', { currency: '$' }, 'The currency is not three capital letters', 'currency'],
	['letters of another alphabet', { currency: 'УСД' }, 'The currency is not three capital letters', 'currency'],
	['a field that is not there', { currency: expression('$json.currency') }, 'The currency is not three capital letters', 'currency'],
];

const OPTIONS: Array<[string, INodeParameters, string, string]> = [
	...['ackTimeout', 'confirmationTimeout', 'responseTimeout', 'quietPeriod', 'referenceLookbackDays'].flatMap((name) =>
		[0, -1, expression('"soon"'), expression('NaN'), expression('1 / 0')].map(
			(value): [string, INodeParameters, string, string] => [
				`${name}: ${value}`,
				{ options: { [name]: value } },
				`The option ${name} is not a number greater than zero`,
				name,
			],
		),
	),
	[
		'resendAfterMinutes: -1',
		{ options: { resendAfterMinutes: -1 } },
		'The option resendAfterMinutes is not a number greater than zero',
		'resendAfterMinutes',
	],
];

/** The error says what is wrong and what to do, names the field, and nothing was signed or even connected for. */
async function expectRefused(parameters: INodeParameters, words: string, field: string): Promise<void> {
	const { run, error } = await world.run(send(parameters));

	expect(run.status).toBe('error');
	expect(error.message).toBe(words);
	expect(error.description).toMatch(/^Outcome: notSent\. \P{Ll}.+\.$/u);
	expect(error.context).toMatchObject({ outcome: 'notSent', field });
	expect(sharedConnections.size).toBe(0);
}

describe('an amount', () => {
	it.each(AMOUNTS)('%s', async (_name, amount, words) => await expectRefused({ amount }, words, 'amount'));
});

describe('an account number', () => {
	it.each(ACCOUNTS)('%s', async (_name, parameters, words, field) => await expectRefused(parameters, words, field));
});

describe('a currency', () => {
	it.each(CURRENCIES)('%s', async (_name, parameters, words, field) => await expectRefused(parameters, words, field));
});

describe('a narrative', () => {
	it.each(NARRATIVES)('%s', async (_name, parameters, words, field) => await expectRefused(parameters, words, field));
});

describe('a reference', () => {
	it.each(REFERENCES)('%s', async (_name, parameters, words, field) => await expectRefused(parameters, words, field));
});

describe('an option', () => {
	it.each(OPTIONS)('%s', async (_name, parameters, words, field) => await expectRefused(parameters, words, field));
});

it('an operation that the resource does not have', async () => {
	await expectRefused({ operation: '={{ "steal" }}' }, 'The resource has no such operation', 'operation');
});

it('no parameters at all', async () => {
	await expect(world.run({ resource: 'transfer', operation: 'send' })).rejects.toThrow(/issues/);
});
