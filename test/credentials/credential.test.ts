import type { INodeProperties } from 'n8n-workflow';
import { DOCUMENTED_SERVER_IDENTITY } from '../../client';
import { CryptoCapitalApi } from '../../credentials/CryptoCapitalApi.credentials';
import { describeNode } from '../engine/helper-nodes/description';
import { chain, node, nodeError } from '../engine';
import { World } from '../nodes/world';

const credential = new CryptoCapitalApi();

function field(name: string): INodeProperties | undefined {
	return credential.properties.find((property) => property.name === name);
}

it('is called cryptoCapitalApi', () => {
	expect(credential.name).toBe('cryptoCapitalApi');
});

it.each([
	['serverUrl', 'string', 'https://api.cryptocapital.co'],
	['transport', 'options', 'socketIo'],
	['publicKey', 'string', ''],
	['privateKey', 'string', ''],
	['serverPublicKey', 'string', DOCUMENTED_SERVER_IDENTITY],
	['allowTransfers', 'boolean', true],
	['maximumAmount', 'number', 0],
	['allowedBeneficiaries', 'string', ''],
])('has the field %s, a %s that begins as %p', (name, type, beginning) => {
	expect(field(name)).toMatchObject({ type, default: beginning });
});

it('has no other fields', () => {
	expect(credential.properties).toHaveLength(8);
});

it('offers both transports', () => {
	const values = field('transport')?.options?.map((option) => 'value' in option && option.value);
	expect(values).toEqual(['socketIo', 'webSocket']);
});

it('hides the private key, and nothing else', () => {
	const hidden = credential.properties.filter(({ typeOptions }) => typeOptions?.password);
	expect(hidden.map(({ name }) => name)).toEqual(['privateKey']);
});

it('explains every field', () => {
	for (const { displayName, description } of credential.properties) {
		expect(displayName).not.toBe('');
		expect(description).toMatch(/\w{3}/);
	}
});

it('is kept from nodes of other packages', async () => {
	const thief = {
		description: describeNode('Thief'),
		// As the HTTP Request node does: asks for a credential that its description does not name.
		async execute(this: { getCredentials(type: string): Promise<object> }) {
			return [[{ json: { ...(await this.getCredentials('cryptoCapitalApi')) } }]];
		},
	};
	const world = await World.open({ engine: { nodes: { 'test.thief': thief } } });
	const ask = node('Ask', 'test.thief', {}, { credentials: { cryptoCapitalApi: { id: 'cryptoCapitalApi', name: 'Key' } } });

	const run = await world.engine.run(chain(node('Start', 'n8n-nodes-base.manualTrigger'), ask), {
		credentials: { cryptoCapitalApi: world.credential() },
	});
	await world.close();

	expect(run.status).toBe('error');
	expect(nodeError(run, 'Ask')?.message).toMatch(/restricted to specific nodes/);
});
