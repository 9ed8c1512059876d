import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { importCircles } from './tools/structure/import-circles.mjs';
import { ownPackage } from './tools/structure/own-package.mjs';

/** Who may know whom. Arrows point one way: app → client/engine/workshop → families → encoders → machinery → contracts. */
const depConstraints = [
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: ['type:contract'] },
  { sourceTag: 'type:rules', onlyDependOnLibsWithTags: ['type:contract', 'type:rules'] },
  {
    sourceTag: 'type:machinery',
    onlyDependOnLibsWithTags: ['type:contract', 'type:rules', 'type:machinery'],
  },
  {
    sourceTag: 'type:encoder',
    onlyDependOnLibsWithTags: ['type:contract', 'type:rules', 'type:machinery'],
  },
  {
    sourceTag: 'type:engine',
    onlyDependOnLibsWithTags: [
      'type:contract',
      'type:rules',
      'type:machinery',
      'type:encoder',
      'type:families',
    ],
    // Serving knows no wire.
    bannedExternalImports: ['@grpc/*', 'prom-client', '@opentelemetry/*', 'pino'],
  },
  {
    sourceTag: 'type:families',
    onlyDependOnLibsWithTags: ['type:contract', 'type:rules', 'type:machinery', 'type:encoder'],
  },
  {
    sourceTag: 'type:workshop',
    onlyDependOnLibsWithTags: [
      'type:contract',
      'type:rules',
      'type:machinery',
      'type:encoder',
      'type:families',
    ],
  },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:contract', 'scope:protocol'] },
  { sourceTag: 'type:app', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'type:tool', onlyDependOnLibsWithTags: ['*'] },
  { sourceTag: 'scope:engine', notDependOnLibsWithTags: ['scope:protocol', 'scope:client', 'scope:server'] },
  { sourceTag: 'scope:weights', notDependOnLibsWithTags: ['scope:protocol', 'scope:inference'] },
  { sourceTag: 'scope:inference', notDependOnLibsWithTags: ['scope:protocol', 'scope:weights'] },
  {
    sourceTag: 'scope:encoder',
    notDependOnLibsWithTags: ['scope:protocol', 'scope:weights', 'scope:server', 'scope:client'],
  },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '**/gen', '**/golden', '**/.nx'] },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // An interface that returns promises has implementations with nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: "ThrowStatement > NewExpression[callee.name='Error']",
          message: 'Throw a TriptychError with a code: the server maps codes to statuses.',
        },
      ],
    },
  },
  {
    plugins: { triptych: { rules: { 'import-circles': importCircles, 'own-package': ownPackage } } },
    files: ['**/*.ts'],
    rules: { 'triptych/import-circles': 'error' },
  },
  {
    // Specs are not shipped, and read what the repository has.
    files: ['libs/*/src/**/*.ts', 'apps/server/src/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/testing/**'],
    rules: { 'triptych/own-package': 'error' },
  },
  {
    // The command serves the models of the clone that it is in, and tools measure and test it.
    files: ['{apps/cli,tools/*}/src/**/*.ts'],
    rules: { 'triptych/own-package': ['error', { importsOnly: true }] },
  },
  {
    plugins: { '@nx': nx },
    files: ['**/*.ts'],
    ignores: ['**/vitest.config.ts'],
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          depConstraints,
          enforceBuildableLibDependency: false,
          // A command loads late what not every run of it needs, or what may not come before it listens for signals; others load the same at once.
          checkDynamicDependenciesExceptions: ['@triptych/core', '@triptych/server', '@triptych/clip-engine'],
        },
      ],
    },
  },
  {
    // Adapters translate, and everything below them stays as it is where one is added. What composes the server knows all.
    files: ['apps/server/src/**/*.ts'],
    ignores: [
      'apps/server/src/{flight,grpc,http,oip,testing}/**',
      'apps/server/src/{compose,index}.ts',
      '**/*.spec.ts',
    ],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/flight/**', '**/grpc/**', '**/http/**', '**/oip/**'],
              message: 'An adapter knows this, never the other way round.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.spec.ts', '**/test/**/*.ts', '**/vitest.config.ts', 'vitest.shared.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.{mjs,js}', '**/vitest.config.ts', 'vitest.shared.ts'],
    ...tseslint.configs.disableTypeChecked,
  },
  prettier,
);
