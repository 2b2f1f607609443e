/** Names the folder that the instances of all tests are copies of. */
export const TEMPLATE_VARIABLE = 'CRYPTOCAPITAL_N8N_TEMPLATE';

export function templateFolder(): string {
	const folder = process.env[TEMPLATE_VARIABLE];
	if (folder === undefined) throw new Error('The tests in real n8n are run with npm run test:n8n');
	return folder;
}
