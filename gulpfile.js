const { execFile } = require('node:child_process');
const fs = require('node:fs/promises');
const path = require('node:path');
const { promisify } = require('node:util');
const esbuild = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { licencesOf } = require('./scripts/licences.js');
const { nodeFree } = require('./scripts/socket-io-bundle.js');

const run = promisify(execFile);
const bundledSources = 'client/transport/bundled';
const bundledOutput = `dist/${bundledSources}`;

async function clean() {
	await fs.rm('dist', { recursive: true, force: true });
}

/**
 * One file for each source: both nodes must load one and the same client module, because what they share – connections, nonces –
 * lives in it.
 */
async function compile() {
	try {
		await run(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json']);
	} catch (error) {
		process.stderr.write(error.stdout ?? '');
		throw new Error('TypeScript found errors', { cause: error });
	}
}

/** n8n allows no runtime dependencies, so the two Socket.IO clients are shipped inside, without what n8n forbids. */
async function bundles() {
	const { metafile } = await esbuild.build({
		entryPoints: ['socket.io-client-4', 'socket.io-client-2'].map((name) => `${bundledSources}/${name}.ts`),
		outdir: bundledOutput,
		bundle: true,
		format: 'cjs',
		platform: 'browser',
		target: 'node22',
		inject: [`${bundledSources}/environment.ts`],
		plugins: [nodeFree],
		legalComments: 'none',
		metafile: true,
		logLevel: 'warning',
	});
	await fs.writeFile('dist/THIRD_PARTY_LICENSES.md', await licencesOf(Object.keys(metafile.inputs)));
	// Compiled with everything else, but part of the bundles now.
	await Promise.all(['js', 'd.ts'].map((type) => fs.rm(path.join(bundledOutput, `environment.${type}`), { force: true })));
}

function assets() {
	return src(['nodes/**/*.svg', 'nodes/**/*.node.json', 'credentials/**/*.svg'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

exports.clean = clean;
exports.bundles = bundles;
exports.build = series(clean, compile, parallel(bundles, assets));
exports.default = exports.build;
