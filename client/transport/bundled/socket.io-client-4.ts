/** Speaks to Socket.IO 3 and 4. The build replaces this file by a bundle of itself. */
import { io } from 'socket.io-client';
import type { SocketIoLibrary } from './library';

export const library: SocketIoLibrary = {
	// The library types its options and its parser more narrowly than they are; `library.ts` holds what is used of them.
	connect: (url, options) => io(url, options as unknown as Parameters<typeof io>[1]),
};
