import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { flags, nodeMajors } from './legs.mjs';
import { root } from './workspace.mjs';

const workflow = readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8');
const list = (key) => new RegExp(`^ +${key}:\\n((?: +- .*\\n)+)`, 'm').exec(workflow)?.[1];
const items = (key) => list(key).match(/(?<=- ).*/g);

test('the workflow runs the flags of legs.mjs', () => {
  assert.deepEqual(
    items('use-bullmq').map((item) => item.replaceAll("'", '')),
    flags,
  );
});

test('the workflow runs the Node versions of legs.mjs', () => {
  assert.deepEqual(items('node').map(Number), nodeMajors);
});
