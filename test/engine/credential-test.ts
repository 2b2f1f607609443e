import { CredentialTestContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunction,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { createAdditionalData } from './additional-data';
import { EngineCredentialsHelper } from './credentials-helper';
import type { EngineParts } from './executions';

/**
 * What the editor does when a credential is saved. Rejects where the test throws: the user of n8n then sees an
 * HTTP 500 without a reason.
 */
export async function testCredential(
	{ credentialTypes, nodeTypes }: EngineParts,
	type: string,
	data: ICredentialDataDecryptedObject,
): Promise<INodeCredentialTestResult> {
	const test = findTest(nodeTypes, type);
	if (test === undefined) return { status: 'Error', message: 'No testing function found for this credential.' };
	const helper = new EngineCredentialsHelper(credentialTypes, nodeTypes, { [type]: data });
	const additionalData = createAdditionalData({ credentialsHelper: helper });
	const complete = helper.applyDefaults(additionalData, data, type, 'internal');
	const context = new CredentialTestContext(additionalData);
	return await test.call(context, { id: type, name: type, type, data: complete });
}

function findTest(nodeTypes: EngineParts['nodeTypes'], type: string): ICredentialTestFunction | undefined {
	for (const name of nodeTypes.supportedNodes(type)) {
		const { description, methods } = nodeTypes.getByNameAndVersion(name);
		const testedBy = description.credentials?.find((credential) => credential.name === type)?.testedBy;
		if (typeof testedBy === 'string') return methods?.credentialTest?.[testedBy];
	}
	return undefined;
}
