// The boundary rules, seen to fail: each import that would break the house is linted in the place it would stand.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { root, workspaces } from './workspace.mjs';

const eslint = new ESLint({ cwd: root });
const names = new Set(workspaces().map(({ name }) => name));
const isThere = (folder) => existsSync(join(root, folder, 'package.json'));
const hasBull = isThere('packages/queue-bull');

async function lint(text, file) {
  const [result] = await eslint.lintText(text, { filePath: join(root, file) });
  const skipped = result.messages.find(({ message }) => message.includes('No cached ProjectGraph'));
  assert.equal(skipped, undefined, 'the rule did not run');
  return (rule) => result.messages.filter(({ ruleId }) => ruleId === rule).length;
}

async function boundaryErrors(folder, specifier) {
  const errors = await lint(`export * from '${specifier}';\n`, `${folder}/src/index.ts`);
  return errors('@nx/enforce-module-boundaries');
}

const forbidden = [
  ['packages/queue-contract', '@switchyard/local-redis'],
  ['packages/queue-bull', '@switchyard/queue-bullmq'],
  ['packages/queue-bull', '../../queue-bullmq/src/index.js'],
  ['packages/queue-bull', '@switchyard/queue-testing'],
  ['packages/queue-bullmq', '@switchyard/queue-bull'],
  ['packages/queue-bullmq', '@switchyard/queue-rollout'],
  ['packages/bullmq-shared-connections', '@switchyard/queue-contract'],
  ['packages/queue-rollout', '@switchyard/queue-bull'],
  ['packages/queue-rollout', '@switchyard/queue-bullmq'],
  ['packages/queue-testing', '@switchyard/queue-bull'],
  ['packages/sandboxed-handlers', '@switchyard/queue-bullmq'],
  ['packages/sandboxed-handlers', '@switchyard/queue-testing'],
  ['packages/queue-bullmq', '@switchyard/sandboxed-handlers'],
  ['packages/local-redis', '@switchyard/queue-contract'],
  ['packages/local-redis', '@switchyard/http-redis'],
  ['packages/http-redis', '@switchyard/local-redis'],
  ['packages/http-redis', '@switchyard/cache'],
  ['packages/cache', '@switchyard/rate-limiter'],
  ['packages/rate-limiter', '@switchyard/local-redis'],
  ['packages/idempotency', '@switchyard/queue-contract'],
  ['packages/queue-bullmq', '@switchyard/http-redis'],
  ['packages/queue-rollout', '@switchyard/idempotency'],
  ['packages/local-server', '@switchyard/local-redis'],
  ['packages/local-redis', '@switchyard/local-postgres'],
  ['packages/local-postgres', '@switchyard/local-redis'],
  ['packages/queue-bullmq', '@switchyard/local-server'],
  ['apps/catchup-data', '@switchyard/catchup-google'],
  ['apps/catchup-data', '@switchyard/local-postgres'],
  ['apps/catchup-google', '@switchyard/catchup-data'],
  ['apps/catchup-google', '@switchyard/google-stand-in'],
  ['apps/catchup-telephony', '@switchyard/catchup-data'],
  ['apps/catchup-telephony', '@switchyard/catchup-google'],
  ['apps/catchup-domain', '@switchyard/queue-contract'],
  ['apps/catchup-domain', '@switchyard/cache'],
  ['apps/catchup-domain', '@switchyard/local-postgres'],
  ['apps/catchup-domain', '@switchyard/google-stand-in'],
  ['tools/google-stand-in', '@switchyard/catchup-google'],
  ['tools/google-stand-in', '@switchyard/twilio-stand-in'],
  ['tools/twilio-stand-in', '@switchyard/catchup-telephony'],
  ['tools/world', '@switchyard/queue-contract'],
  ['tools/world', '@switchyard/local-redis'],
];

const allowed = [
  ['packages/queue-bull', '@switchyard/queue-contract'],
  ['packages/queue-bullmq', '@switchyard/queue-contract'],
  ['packages/queue-bullmq', '@switchyard/bullmq-shared-connections'],
  ['packages/queue-rollout', '@switchyard/queue-contract'],
  ['packages/sandboxed-handlers', '@switchyard/queue-contract'],
  ['packages/queue-testing', '@switchyard/queue-contract'],
  ['packages/queue-testing', '@switchyard/sandboxed-handlers'],
  ['packages/cache', '@switchyard/http-redis'],
  ['packages/rate-limiter', '@switchyard/http-redis'],
  ['packages/idempotency', '@switchyard/http-redis'],
  ['packages/local-redis', '@switchyard/local-server'],
  ['packages/local-postgres', '@switchyard/local-server'],
  ['apps/catchup-domain', '@switchyard/catchup-data'],
  ['apps/catchup-domain', '@switchyard/catchup-google'],
  ['apps/catchup-domain', '@switchyard/catchup-telephony'],
  ['tools/world', '@switchyard/catchup-data'],
  ['tools/world', '@switchyard/catchup-google'],
  ['tools/world', '@switchyard/catchup-telephony'],
  ['tools/world', '@switchyard/catchup-domain'],
  ['tools/world', '@switchyard/local-postgres'],
  ['tools/world', '@switchyard/google-stand-in'],
  ['tools/world', '@switchyard/twilio-stand-in'],
];

/** Packages that were taken out have no rules to see fail. */
const present = (cases) =>
  cases.filter(
    ([folder, specifier]) => isThere(folder) && (specifier.startsWith('.') || names.has(specifier)),
  );

test('only Bull may be missing', () => {
  for (const cases of [forbidden, allowed]) {
    const missing = cases.filter((one) => !present(cases).includes(one));
    assert.deepEqual(
      missing,
      hasBull ? [] : cases.filter((one) => one.some((name) => name.endsWith('queue-bull'))),
    );
  }
});

for (const [folder, specifier] of present(forbidden)) {
  test(`${folder} must not import ${specifier}`, async () => {
    assert.equal(await boundaryErrors(folder, specifier), 1);
  });
}

for (const [folder, specifier] of present(allowed)) {
  test(`${folder} may import ${specifier}`, async () => {
    assert.equal(await boundaryErrors(folder, specifier), 0);
  });
}

for (const text of [
  "import { createBullEngine as e } from '@switchyard/queue-bull';\ne();\n",
  "export const engine = import('@switchyard/queue-bullmq');\n",
  "export { Queue } from 'bullmq';\n",
  "export * from 'bull';\n",
]) {
  test(`only an app's composition root may say: ${text.split('\n')[0]}`, async () => {
    const elsewhere = await lint(text, 'apps/catchup/src/main.ts');
    assert.equal(elsewhere('no-restricted-syntax'), 1);
    const there = await lint(text, 'apps/catchup/src/composition-root.ts');
    assert.equal(there('no-restricted-syntax'), 0);
  });
}

for (const folder of [
  'apps/catchup-data',
  'apps/catchup-google',
  'apps/catchup-telephony',
  'apps/catchup-domain',
  'tools/google-stand-in',
  'tools/twilio-stand-in',
  'tools/world',
]) {
  test(`${folder} knows of no queue and no Redis`, async () => {
    for (const name of ['bullmq', 'ioredis', 'bull', '@upstash/redis']) {
      for (const file of ['index.ts', 'index.spec.ts']) {
        const errors = await lint(`export * from '${name}';\n`, `${folder}/src/${file}`);
        assert.equal(errors('no-restricted-syntax'), 1, `${file} may not import ${name}`);
      }
    }
    const errors = await lint("export * from 'zod';\n", `${folder}/src/index.ts`);
    assert.equal(errors('no-restricted-syntax'), 0);
  });
}

for (const text of [
  "import Bull from 'bull';\nnew Bull('x');\n",
  "import type { Queue } from 'bull';\nexport type X = Queue;\n",
  "export type X = import('bull').Queue;\n",
  "export const engine = import('@switchyard/queue-bull');\n",
  "export * from '@switchyard/queue-bull/plain-bull/app-process';\n",
]) {
  test(`nothing may need Bull to compile: ${text.split('\n')[0]}`, async () => {
    for (const place of [
      'apps/catchup/src/switching.redis.spec.ts',
      'packages/queue-rollout/src/rollout.redis.spec.ts',
      'packages/local-redis/src/index.ts',
      'tools/bench/src/main.ts',
    ]) {
      const errors = await lint(text, place);
      assert.equal(errors('no-restricted-syntax'), 1, place);
    }
    if (!hasBull) return;
    const there = await lint(text, 'packages/queue-bull/src/index.ts');
    assert.equal(there('no-restricted-syntax'), 0);
  });
}

if (hasBull) {
  for (const name of ['@switchyard/queue-contract', '../index.js', 'bullmq']) {
    test(`an app on plain Bull must not import ${name}`, async () => {
      const errors = await lint(
        `export * from '${name}';\n`,
        'packages/queue-bull/src/plain-bull/app-process.ts',
      );
      assert.equal(errors('no-restricted-imports'), 1);
    });
  }
}
