/** Speaks to Socket.IO 1 and 2. The build replaces this file by a bundle of itself. */
import io from 'socket.io-client-v2';
import type { SocketIoLibrary } from './library';

export const library: SocketIoLibrary = {
	connect: (url, options) => io(url, options),
};
