/** The servers of Socket.IO 1 and 2 come without types; these are the parts that the tests use. */
declare module 'socket.io-v1' {
	const attach: import('./socket-io-server').AttachSocketIo;
	export default attach;
}

declare module 'socket.io-v2' {
	const attach: import('./socket-io-server').AttachSocketIo;
	export default attach;
}
