/** The suites that break things on purpose. They take minutes, so they have a command of their own. */
const base = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
	...base,
	testMatch: ['**/test/faults/**/*.test.ts'],
	testPathIgnorePatterns: ['/node_modules/'],
	testTimeout: 300_000,
	// Each suite starts processes of its own and counts what is left over: side by side they would count each other.
	maxWorkers: 1,
	// The cases of the matrix mostly wait, each for a bank of its own.
	maxConcurrency: 16,
};
