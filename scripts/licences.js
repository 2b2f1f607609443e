const fs = require('node:fs/promises');
const path = require('node:path');

/** For the packages that only say that this is their licence. */
const MIT = `Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.`;

/** The licence texts of the packages that the given bundled files come from, as the bundles' own licences demand. */
async function licencesOf(files) {
	const directories = [...new Set(files.map(packageDirectory).filter((directory) => directory !== undefined))];
	const licences = await Promise.all(directories.sort().map(licenceOf));
	return [
		'# Third-party licences',
		'The files under `client/transport/bundled/` contain the following packages.',
		...new Set(licences),
		'',
	].join('\n\n');
}

function packageDirectory(file) {
	// esbuild lists what a package excludes for browsers as "(disabled):…": nothing of it is in the bundle.
	return /^((?!\(disabled\)).*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

async function licenceOf(directory) {
	const { name, version, license } = JSON.parse(await fs.readFile(path.join(directory, 'package.json'), 'utf8'));
	const names = await fs.readdir(directory);
	const file = names.find((candidate) => /^licen[cs]e/i.test(candidate));
	const text = file === undefined ? await licenceInReadme(directory, names) : await fs.readFile(path.join(directory, file), 'utf8');
	if (text === undefined) throw new Error(`${name} ${version} (${license}) has no licence text to ship`);
	return `## ${name} ${version}\n\n${text.trim() === 'MIT' ? `Copyright (c) the authors of ${name}\n\n${MIT}` : text.trim()}`;
}

async function licenceInReadme(directory, names) {
	const readme = names.find((candidate) => /^readme/i.test(candidate));
	if (readme === undefined) return undefined;
	const text = await fs.readFile(path.join(directory, readme), 'utf8');
	return /^#*\s*licen[cs]e\s*\n(?<text>[^]+)/im.exec(text)?.groups?.text;
}

module.exports = { licencesOf };
