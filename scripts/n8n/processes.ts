/** Whether there is a process with this id, whoever owns it. */
export function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Somebody else's process is one that runs.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
