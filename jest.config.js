/** @type {import('jest').Config} */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	// Slower suites that need a fault-injecting network or an installed n8n have their own commands.
	testPathIgnorePatterns: ['/node_modules/', '/test/faults/', '/test/n8n/'],
	transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: '<rootDir>/tsconfig.json' }] },
	moduleNameMapper: {
		// The Socket.IO clients are tested as they are shipped: bundled, with their timers and globals replaced.
		'/bundled/(socket\\.io-client-[24])$': '<rootDir>/dist/client/transport/bundled/$1.js',
	},
	setupFilesAfterEnv: ['<rootDir>/test/retry-in-ci.ts'],
	maxWorkers: 2,
};
