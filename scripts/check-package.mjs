/**
 * Packs the package, unpacks it with nothing but n8n-workflow beside it, and loads it as n8n does. Fails where something is missing,
 * superfluous or too large.
 */
import assert from 'node:assert/strict';
import { access, mkdir, readdir, readFile, rename, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { withPackedPackage } from './packed.mjs';

const LARGEST_TARBALL = 250_000;
const LARGEST_UNPACKED = 1_000_000;

/** Everything that belongs into the package. */
const NEEDED_FILES = [
	/^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
	/^dist\/THIRD_PARTY_LICENSES\.md$/,
	/^dist\/index\.(js|d\.ts)$/,
	/^dist\/(client|nodes|credentials)\/[^.][\w./-]*\.(js|d\.ts)$/,
	/^dist\/(nodes|credentials)\/[\w/]+(\.dark)?\.svg$/,
	/^dist\/nodes\/(\w+)\/\1\.node\.json$/,
];

const ALLOWED_MODULES = ['n8n-workflow', 'node:crypto'];

function checkFiles(files, size, unpackedSize) {
	const names = files.map((file) => file.path);
	assert.deepEqual(
		names.filter((name) => !NEEDED_FILES.some((needed) => needed.test(name))),
		[],
		'files in the package that nobody needs',
	);
	for (const name of ['README.md', 'LICENSE', 'dist/THIRD_PARTY_LICENSES.md']) {
		assert.ok(names.includes(name), `the package lacks ${name}`);
	}
	assert.ok(size <= LARGEST_TARBALL, `the tarball has ${size} bytes`);
	assert.ok(unpackedSize <= LARGEST_UNPACKED, `the package has ${unpackedSize} bytes unpacked`);
}

/** Nothing is installed with the package, so nothing may be required; not even lazily, where loading would not show it. */
async function checkImports(directory) {
	for (const name of await readdir(path.join(directory, 'dist'), { recursive: true })) {
		if (!name.endsWith('.js')) continue;
		const code = await readFile(path.join(directory, 'dist', name), 'utf8');
		for (const [, , module] of code.matchAll(/\b(?:require|import)\((["'`])(.*?)\1\)/g)) {
			assert.ok(module.startsWith('.') || ALLOWED_MODULES.includes(module), `dist/${name} requires ${module}`);
		}
	}
}

/** n8n takes the class's name from the file's. */
function load(require, file, suffix) {
	const name = path.basename(file, suffix);
	const { [name]: Loaded } = require(file);
	assert.equal(typeof Loaded, 'function', `${file} exports no class ${name}`);
	return new Loaded();
}

async function checkIcon(directory, file, icon) {
	for (const variant of [icon.light, icon.dark]) {
		await access(path.join(directory, path.dirname(file), variant.replace(/^file:/, '')));
	}
}

async function checkNode(directory, file, require, credentialNames) {
	const { description } = load(require, path.join(directory, file), '.node.js');
	await checkIcon(directory, file, description.icon);
	const codex = JSON.parse(await readFile(path.join(directory, file.replace(/\.js$/, '.json')), 'utf8'));
	assert.equal(codex.node, `n8n-nodes-cryptocapital.${description.name}`);
	for (const { name } of description.credentials) assert.ok(credentialNames.includes(name), `${file} wants ${name}`);
	return `${description.displayName} (${description.name})`;
}

async function checkLoading(directory) {
	const require = createRequire(path.join(directory, 'package.json'));
	const { n8n, main, types, dependencies } = require('./package.json');
	assert.equal(dependencies, undefined);
	const credentials = [];
	for (const file of n8n.credentials) {
		const credential = load(require, path.join(directory, file), '.credentials.js');
		await checkIcon(directory, file, credential.icon);
		credentials.push(credential);
	}
	const credentialNames = credentials.map(({ name }) => name);
	const nodes = [];
	for (const file of n8n.nodes) nodes.push(await checkNode(directory, file, require, credentialNames));
	for (const file of await readdir(path.join(directory, 'dist'), { recursive: true })) {
		if (file.endsWith('.js')) require(path.join(directory, 'dist', file));
	}
	await access(path.join(directory, types));
	assert.ok(Object.keys(require(path.join(directory, main))).length > 0, `${main} exports nothing`);
	return [...credentialNames, ...nodes];
}

await withPackedPackage(async ({ directory, files, size, unpackedSize }) => {
	checkFiles(files, size, unpackedSize);
	await checkImports(directory);
	const modules = path.join(path.dirname(directory), 'node_modules');
	const installed = path.join(modules, 'n8n-nodes-cryptocapital');
	await mkdir(modules);
	await rename(directory, installed);
	const workflow = path.dirname(createRequire(import.meta.url).resolve('n8n-workflow/package.json'));
	await symlink(workflow, path.join(modules, 'n8n-workflow'));
	const loaded = await checkLoading(installed);
	console.log(`tarball ${size} bytes, unpacked ${unpackedSize} bytes, ${files.length} files`);
	console.log(`loaded ${loaded.join(', ')}`);
});
