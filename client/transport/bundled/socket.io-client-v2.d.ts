/** Version 2 of the client comes without types. */
declare module 'socket.io-client-v2' {
	const io: import('./library').SocketIoLibrary['connect'];
	export default io;
}
