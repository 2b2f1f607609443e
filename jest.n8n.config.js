const base = require('./jest.config.js');

/** The package in a real n8n. One file after the other: each has n8n instances of its own, and they need the machine. @type {import('jest').Config} */
module.exports = {
	...base,
	roots: ['<rootDir>/test/n8n'],
	testPathIgnorePatterns: ['/node_modules/'],
	globalSetup: '<rootDir>/test/n8n/support/prepare.ts',
	globalTeardown: '<rootDir>/test/n8n/support/clean-up.ts',
	maxWorkers: 1,
	testTimeout: 120_000,
};
