/**
 * The client outside n8n: reads a balance, sends a transfer under a reference, sends it again, and hears the signed announcement.
 *
 *     npm run sandbox                          in one terminal
 *     npx tsx examples/library/pay-once.ts     in another
 *
 * In your own project the import is from 'n8n-nodes-cryptocapital'. Without the variables below it uses the sandbox's public demo key.
 */
import type { TransferResult, VerifiedMessage } from '../../index';
import { CryptoCapitalClient, CryptoCapitalError, sharedConnections } from '../../index';

const {
	SERVER_URL = 'http://127.0.0.1:8080',
	SERVER_PUBLIC_KEY = 'BLux101O0Y95MQQ18e97KgGUO4JSVnAM2sikmUkcUrXWQz4VWNvA/oE/3dKVvr+0jcMveBVsjK8x38WfEXi94Xs=',
	PRIVATE_KEY = 'Y3J5cHRvLWNhcGl0YWwtc2FuZGJveC1tZXJjaGFudCE=',
	FROM = '9120000001',
	TO = '9120000005',
	// A real program takes a business key that it keeps, such as an invoice number.
	REFERENCE = `INV-${Date.now()}`,
} = process.env;

async function main(): Promise<void> {
	const client = new CryptoCapitalClient({
		serverUrl: SERVER_URL,
		serverPublicKey: SERVER_PUBLIC_KEY,
		privateKey: PRIVATE_KEY,
	});
	client.onMessage(tell);

	const { params: account } = await client.getAccount(FROM);
	console.log(`${account.name}: ${account.balance} ${account.currency}`);

	const request = {
		accountNumber: FROM,
		beneficiary: TO,
		currency: account.currency,
		amount: '12.50',
		narrative: 'For the books',
		reference: REFERENCE,
	};
	report('First call', await client.sendTransfer(request, { waitForConfirmation: true }));
	report('Second call', await client.sendTransfer(request, { waitForConfirmation: true }));
}

/** Called for every message that passed verification, new or not. */
function tell({ message }: VerifiedMessage): void {
	if (message.type === 'transfer') console.log(`  signed record of transfer ${message.params.id}: ${message.params.narrative}`);
}

function report(call: string, { status, alreadySent, record }: TransferResult): void {
	const sent = alreadySent ? 'nothing was sent, it was sent before' : 'sent';
	console.log(`${call}: ${status}, ${sent}, transfer ${record?.params.id ?? 'not known yet'}`);
}

main()
	.catch((error: unknown) => {
		if (!(error instanceof CryptoCapitalError)) throw error;
		console.error(`${error.message} (${error.outcome})\n${error.description}`);
		process.exitCode = 1;
	})
	// `client.close()` would keep the connection for ten seconds more, in case somebody else wants it.
	.finally(() => sharedConnections.closeAll());
