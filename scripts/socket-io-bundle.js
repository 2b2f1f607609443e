const path = require('node:path');

/**
 * The modules of the Socket.IO clients that ask for a global object, for Node's own modules or for transports other than
 * WebSocket, and what stands in for them.
 */
const REPLACEMENTS = [
	{
		module: /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]globals(\.node)?\.js$/,
		contents: `
			export const nextTick = (callback) => Promise.resolve().then(callback);
			export const globalThisShim = { WebSocket, setTimeout, clearTimeout };
			export const defaultBinaryType = 'arraybuffer';
			export function createCookieJar() {}
		`,
	},
	{
		module: /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/]index\.js$/,
		contents: `
			import { WS } from './websocket.js';
			export const transports = { websocket: WS };
		`,
	},
	{
		module: /[\\/]engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/](polling-.*|webtransport|.*\.node)\.js$/,
		contents: `export const Fetch = undefined, XHR = undefined, WS = undefined, WT = undefined;`,
	},
	{
		module: /[\\/]engine\.io-client[\\/]lib[\\/]transports[\\/]index\.js$/,
		contents: `exports.websocket = require('./websocket');`,
	},
	{
		module: /[\\/]node_modules[\\/]debug[\\/]/,
		contents: `module.exports = () => () => {};`,
	},
];

/** Bundles the libraries' code for browsers, less everything that n8n's rules for community packages forbid. */
const nodeFree = {
	name: 'node-free',
	setup(build) {
		for (const { module, contents } of REPLACEMENTS) {
			build.onLoad({ filter: module }, ({ path: file }) => ({
				contents,
				resolveDir: path.dirname(file),
				loader: 'js',
			}));
		}
	},
};

module.exports = { nodeFree };
