import js from '@eslint/js';
import eslintComments from '@eslint-community/eslint-plugin-eslint-comments';
import { config as n8nConfig } from '@n8n/node-cli/eslint';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

/** What ends up in the package. Everything else serves to make, test and show it, and may use what n8n forbids. */
const shipped = ['index.ts', 'client/**/*.ts', 'credentials/**/*.ts', 'nodes/**/*.ts'];

/**
 * n8n's own lint, as `n8n-node lint` runs it, less its older copy of typescript-eslint: the rules below are stricter, and two copies of one
 * plugin exclude each other.
 */
const n8nRules = n8nConfig.map(({ plugins, rules, languageOptions, ...rest }) => ({
	...rest,
	...(plugins && { plugins: withoutTypescript(plugins, '@typescript-eslint') }),
	...(rules && { rules: withoutTypescript(rules, '@typescript-eslint/') }),
	...(languageOptions && { languageOptions: { ...languageOptions, parser: typescript.parser } }),
}));

function withoutTypescript(entries, prefix) {
	return Object.fromEntries(Object.entries(entries).filter(([name]) => !name.startsWith(prefix)));
}

/** n8n's copy of the plugin that looks at imports, with the settings by which it finds TypeScript's files. */
const imports = {
	plugins: { 'import-x': n8nConfig.find(({ plugins }) => plugins?.['import-x'])?.plugins['import-x'] },
	settings: n8nConfig.find(({ settings }) => settings?.['import-x/resolver-next'])?.settings,
};

/** Which folder may import from which: nothing points back, and what is pure stays pure. */
const layers = [
	{ target: './client', from: ['./nodes', './credentials', './sandbox', './test', './demo', './index.ts'] },
	{ target: './client/protocol', from: ['./client', './nodes', './sandbox'], except: ['./protocol'] },
	{
		target: './client/transport',
		from: './client',
		except: ['./transport', './errors', './timers.ts'],
	},
	{ target: './client/errors', from: './client', except: ['./errors'] },
	{ target: ['./nodes', './credentials', './index.ts'], from: ['./sandbox', './test', './demo', './examples'] },
	{ target: './sandbox', from: ['./nodes', './credentials', './test', './demo', './index.ts'] },
	{ target: './sandbox', from: './client', except: ['./protocol'] },
];

/** Packages and Node's modules that a folder may import; relative imports are the business of `layers`. */
function onlyPackages(files, allowed, message) {
	const names = allowed.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('|');
	return {
		files,
		rules: {
			'no-restricted-imports': [
				'error',
				{ patterns: [{ regex: String.raw`^(?!\.{1,2}(/|$)${names && `|(${names})$`})`, message }] },
			],
		},
	};
}

export default defineConfig(
	globalIgnores(['dist/**', 'coverage/**', 'node_modules/**', 'reference/**']),
	{ linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
	{ files: [...shipped, 'package.json'], extends: [n8nRules] },
	{
		plugins: { '@eslint-community/eslint-comments': eslintComments },
		files: ['**/*.{ts,js,mjs}'],
		rules: {
			'@eslint-community/eslint-comments/require-description': 'error',
			'@eslint-community/eslint-comments/no-unlimited-disable': 'error',
		},
	},
	{
		files: ['**/*.{js,mjs}'],
		extends: [js.configs.recommended],
		languageOptions: {
			globals: { URL: 'readonly', console: 'readonly', process: 'readonly', module: 'writable', exports: 'writable', require: 'readonly' },
		},
	},
	{
		files: ['**/*.ts'],
		extends: [js.configs.recommended, typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			'max-lines': ['error', 300],
			'@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
			'@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'@typescript-eslint/no-unused-vars': [
				'error',
				{ argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
			],
			// Types are structural: what has the form of a class may stand for it.
			'@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
			// It asks for `!`, which another rule forbids; and it takes `Promise.withResolvers<void>()` for a mistake.
			'@typescript-eslint/non-nullable-type-assertion-style': 'off',
			'@typescript-eslint/no-invalid-void-type': 'off',
			'@typescript-eslint/array-type': ['error', { default: 'array-simple' }],
			// A function that ignores what it is told, and one that is asynchronous because an interface says so, are no mistakes.
			'@typescript-eslint/no-empty-function': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
			// TypeScript itself reports these.
			'import-x/no-unresolved': 'off',
			'import-x/named': 'off',
			'import-x/namespace': 'off',
			'import-x/default': 'off',
			'import-x/no-named-as-default': 'off',
			'import-x/no-named-as-default-member': 'off',
		},
	},
	{
		...imports,
		files: ['**/*.ts'],
		rules: { 'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones: layers }] },
	},
	{
		files: ['client/**/*.ts'],
		// The client knows nothing of n8n; the nodes turn its errors into n8n's.
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	onlyPackages(['client/**/*.ts'], ['node:crypto'], 'The client knows nothing but Node’s cryptography and itself.'),
	onlyPackages(
		['client/transport/bundled/*.ts'],
		['socket.io-client', 'socket.io-client-v2'],
		'What is bundled here is shipped: only the Socket.IO clients.',
	),
	onlyPackages(
		['nodes/**/*.ts', 'credentials/**/*.ts', 'index.ts'],
		['n8n-workflow', 'node:crypto'],
		'n8n allows no dependencies at run time.',
	),
	{
		files: ['test/**/*.ts'],
		rules: {
			// Matchers take methods as values on purpose, and asymmetric matchers are typed as any.
			'@typescript-eslint/unbound-method': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
		},
	},
);
