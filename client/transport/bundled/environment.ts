/**
 * What the bundled Socket.IO clients get in place of the globals they were written for. The build puts these exports where the
 * libraries say `setTimeout`, `clearTimeout` and `WebSocket`; nothing else imports this file, and it is not shipped on its own.
 */
import { startTimer } from '../../timers';

type Cancel = () => void;

function startLibraryTimer(callback: () => void, milliseconds = 0): Cancel {
	return startTimer(milliseconds, callback);
}

function cancelLibraryTimer(cancel: Cancel | null | undefined): void {
	cancel?.();
}

type MessageListener = (event: MessageEvent) => void;

/**
 * A constructor, as `WebSocket` is one. The libraries parse a server's handshake inside a listener of the native WebSocket, where an
 * exception would end the whole process. A server must not be able to do that with one malformed frame, so here it ends the connection.
 */
function GuardedWebSocket(url: string): WebSocket {
	const socket = new WebSocket(url);
	Object.defineProperty(socket, 'onmessage', {
		set(listener: MessageListener) {
			socket.addEventListener('message', (event) => {
				try {
					listener(event);
				} catch {
					socket.dispatchEvent(new Event('error'));
					socket.close();
				}
			});
		},
	});
	return socket;
}

export { startLibraryTimer as setTimeout, cancelLibraryTimer as clearTimeout, GuardedWebSocket as WebSocket };
