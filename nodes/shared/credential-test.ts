import type { ICredentialsDecrypted, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';

import { ConnectionPool, CryptoCapitalClient, CryptoCapitalError } from '../../client';
import { clientSettings } from './credential';

const TIME_LIMIT = 9_000;

/**
 * Connects, authenticates and closes, on a connection of its own. Never throws: n8n would show an HTTP 500 instead of the reason.
 */
export async function cryptoCapitalApiTest(
	this: ICredentialTestFunctions,
	credential: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	const connections = new ConnectionPool();
	try {
		const client = new CryptoCapitalClient(clientSettings(credential.data ?? {}), connections);
		await client.ready({ ackTimeout: TIME_LIMIT });
		return { status: 'OK', message: 'Connected and authenticated' };
	} catch (error) {
		const known = error instanceof CryptoCapitalError;
		return { status: 'Error', message: known ? `${error.message}. ${error.description}` : 'The test failed unexpectedly' };
	} finally {
		connections.closeAll();
	}
}
