import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** What each layer may import. The architecture page draws the same house. */
const layers = {
  contract: [],
  testing: ['contract', 'sandbox'],
  sandbox: ['contract'],
  connections: [],
  engine: ['contract', 'connections'],
  rollout: ['contract'],
  'local-redis': ['local-server'],
  'http-redis': [],
  'http-service': ['http-redis'],
  'local-server': [],
  'local-postgres': ['local-server'],
  'stand-in': [],
  'catchup-data': [],
  'catchup-client': [],
  'catchup-domain': ['catchup-data', 'catchup-client'],
  world: ['catchup-data', 'catchup-client', 'catchup-domain', 'local-postgres', 'stand-in'],
  app: ['contract', 'sandbox', 'engine', 'rollout', 'local-redis', 'http-redis', 'http-service'],
  tool: ['contract', 'engine', 'rollout', 'connections', 'local-redis', 'http-redis', 'http-service'],
};

const constraints = (alsoAllowed) =>
  Object.entries(layers).map(([layer, allowed]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: [...new Set([...allowed, ...alsoAllowed])].map((tag) => `layer:${tag}`),
  }));

const boundaries = (alsoAllowed) => [
  'error',
  {
    enforceBuildableLibDependency: true,
    allow: ['^.*/jest\\.preset\\.mjs$'],
    depConstraints: constraints(alsoAllowed),
  },
];

/** Whichever way a module can be imported by a name that is known when compiling; subpaths too. */
const noImportOf = (names, message) => [
  'error',
  ...[
    'ImportDeclaration[source',
    'ImportExpression[source',
    'ExportNamedDeclaration[source',
    'ExportAllDeclaration[source',
    'TSImportType[argument.literal',
  ].map((node) => ({ selector: `${node}.value=/^(${names})(.plain-bull.*)?$/]`, message })),
];

export default tseslint.config(
  { ignores: ['**/dist', '**/out-tsc', '**/node_modules', '**/.cache', '**/.nx'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        URL: 'readonly',
        AbortController: 'readonly',
      },
    },
    rules: {
      '@nx/enforce-module-boundaries': boundaries([]),
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs' } },
  {
    files: ['**/*.ts'],
    ignores: ['**/*.spec.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
    },
  },
  {
    // Specs run against real engines on a real Redis; their packages ship none of it.
    files: ['**/*.spec.ts', '**/spec-support/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries([
        'testing',
        'local-redis',
        'engine',
        'local-postgres',
        'stand-in',
      ]),
    },
  },
  {
    // Bull goes by deleting one folder: nothing outside it may need Bull in order to compile. A spec or a tool that
    // compares with Bull looks it up when it runs, and does without.
    files: ['**/*.ts', '**/*.mjs'],
    ignores: ['packages/queue-bull/**', '**/composition-root.ts'],
    rules: { 'no-restricted-syntax': noImportOf('@switchyard.queue-bull|bull', 'Bull is about to go.') },
  },
  {
    // The app as it was before knows Bull alone.
    files: ['packages/queue-bull/src/plain-bull/**/*.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '^(\\.\\./|@switchyard/|bullmq)' }] }],
    },
  },
  {
    // What CatchUp does is the same on any engine: it knows of no queue and no Redis.
    files: ['apps/catchup-*/src/**/*.ts', 'tools/*-stand-in/src/**/*.ts', 'tools/world/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': noImportOf(
        'bull|bullmq|ioredis|@upstash.redis',
        'The domain knows of no queue and no Redis.',
      ),
    },
  },
  {
    // An app names an engine in one file only.
    files: ['apps/catchup/src/**/*.ts'],
    ignores: ['**/composition-root.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': noImportOf(
        '@switchyard.queue-(bull|bullmq)|bull|bullmq',
        'Only the composition root names an engine.',
      ),
    },
  },
);
