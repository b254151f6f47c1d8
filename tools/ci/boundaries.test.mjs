// The boundary rules, seen to fail: each import that would break the house is linted in the place it would stand.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { root } from './workspace.mjs';

const eslint = new ESLint({ cwd: root });

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
];

const allowed = [
  ['packages/queue-bull', '@switchyard/queue-contract'],
  ['packages/queue-bullmq', '@switchyard/queue-contract'],
  ['packages/queue-bullmq', '@switchyard/bullmq-shared-connections'],
  ['packages/queue-rollout', '@switchyard/queue-contract'],
  ['packages/sandboxed-handlers', '@switchyard/queue-contract'],
  ['packages/queue-testing', '@switchyard/queue-contract'],
  ['packages/queue-testing', '@switchyard/sandboxed-handlers'],
];

for (const [folder, specifier] of forbidden) {
  test(`${folder} must not import ${specifier}`, async () => {
    assert.equal(await boundaryErrors(folder, specifier), 1);
  });
}

for (const [folder, specifier] of allowed) {
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
