// Three kinds of spec live side by side: `*.spec.ts` needs nothing, `*.redis.spec.ts` starts a Redis of its own,
// `*.database.spec.ts` runs on an embedded database and on a PostgreSQL server of its own.
const shared = {
  testEnvironment: 'node',
  // Resolves the workspace's packages to their TypeScript sources, so tests need no build.
  testEnvironmentOptions: { customExportConditions: ['@switchyard/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/tsconfig.spec.json' }],
  },
  reporters: [
    'default',
    '<rootDir>/../../tools/ci/print-contract.mjs',
    '<rootDir>/../../tools/ci/count-tests.mjs',
  ],
  passWithNoTests: true,
};

export const unit = {
  ...shared,
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(redis|database)\\.spec\\.ts$'],
};

export const redis = {
  ...shared,
  testMatch: ['<rootDir>/src/**/*.redis.spec.ts'],
  // A server start, a worker killed with `kill -9` and its lock running out take their time.
  testTimeout: 60_000,
  maxWorkers: 1,
};

export const database = {
  ...shared,
  testMatch: ['<rootDir>/src/**/*.database.spec.ts'],
  testTimeout: 60_000,
  maxWorkers: 1,
};
