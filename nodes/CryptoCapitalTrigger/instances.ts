/** A running trigger. */
export interface Instance {
	close(): void;
}

const running = new Map<string, Instance>();

/** Makes this the only instance of its trigger in this process: n8n may start a new one before it has closed the old one. */
export function becomeOnlyInstance(identity: string, instance: Instance): void {
	const older = running.get(identity);
	running.set(identity, instance);
	if (older !== instance) older?.close();
}

export function leave(identity: string, instance: Instance): void {
	if (running.get(identity) === instance) running.delete(identity);
}
