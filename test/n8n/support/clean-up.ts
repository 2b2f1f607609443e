import { rm } from 'node:fs/promises';

import { templateFolder } from './template';

export default async function cleanUp(): Promise<void> {
	await rm(templateFolder(), { recursive: true, force: true });
}
