import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  ALL_FLAGS,
  APP,
  FLAG_SPECS,
  flags,
  matrixRows,
  nodeMajors,
  planLeg,
  servers,
  WITHOUT_BULL,
} from './legs.mjs';
import { projectsWithRedisSpecs, root } from './workspace.mjs';

const workflow = readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8');
const list = (key) => new RegExp(`^ +${key}:\\n((?: +- .*\\n)+)`, 'm').exec(workflow)?.[1];
const items = (key) => list(key).match(/(?<=- ).*/g);
const values = flags.map(({ value }) => value);

test('the workflow runs the flags of legs.mjs', () => {
  assert.deepEqual(
    items('use-bullmq').map((item) => item.replaceAll("'", '')),
    values,
  );
});

test('the workflow runs the Node versions of legs.mjs', () => {
  assert.deepEqual(items('node').map(Number), nodeMajors);
});

test('the workflow runs the servers of legs.mjs, and the leg without Bull', () => {
  assert.deepEqual(items('server'), servers);
  assert.match(workflow, /^ +- run: node tools\/ci\/without-bull\.mjs$/m);
});

const projects = projectsWithRedisSpecs();
const plan = (flag, isShort = false, server = 'Redis') => planLeg({ flag, server, isShort, projects });
const whole = ({ redisSpecs }) =>
  redisSpecs.filter(({ patterns }) => !patterns).map(({ project }) => project);

test('the three flags together run everything once, and what reads the flag with each of them', () => {
  const plans = values.map((flag) => plan(flag));
  assert.deepEqual(plans.flatMap(whole).sort(), [...projects].sort());
  const parts = plans.flatMap(({ redisSpecs }) => redisSpecs.filter(({ patterns }) => patterns));
  assert.deepEqual(parts, Array(2).fill({ project: APP, patterns: FLAG_SPECS }));
  assert.equal(plans.filter(({ hasUnitSpecs }) => hasUnitSpecs).length, 1);
});

test('the specs that read the flag are those that a leg of the flag runs', () => {
  const folder = join(root, 'apps', 'catchup');
  const specs = readdirSync(join(folder, 'src'), { recursive: true })
    .filter((file) => file.endsWith('.redis.spec.ts'))
    .map((file) => join('src', file));
  const reading = specs.filter((file) => readFileSync(join(folder, file), 'utf8').includes('flagModes'));
  assert.deepEqual(
    specs.filter((file) => FLAG_SPECS.some((pattern) => file.includes(pattern))),
    reading,
  );
  assert.ok(reading.length > 0);
});

test('without a value a leg runs everything at once', () => {
  assert.equal(plan(undefined).hasUnitSpecs, true);
  assert.deepEqual(whole(plan(undefined)).sort(), [...projects].sort());
});

test('specs that need a database run once on each Node, and with a short leg on the newest other one', () => {
  const legs = servers.flatMap((server) => values.map((flag) => plan(flag, false, server)));
  assert.equal(legs.filter(({ hasDatabaseSpecs }) => hasDatabaseSpecs).length, 1);
  const rows = matrixRows({ isAll: false, hasBull: true, major: 20 }).filter(
    ({ flag }) => flag !== WITHOUT_BULL,
  );
  const running = rows.filter(({ flag, server, isShort, reason }) => {
    const value = flag === ALL_FLAGS ? undefined : flag;
    return !reason && plan(value, isShort, server).hasDatabaseSpecs;
  });
  assert.deepEqual(
    running.map(({ major, server }) => [major, server]),
    [[24, 'Redis']],
  );
});

test('a short leg runs of a package only the specs that go through all of it', () => {
  assert.deepEqual(plan('true', true), {
    hasUnitSpecs: false,
    hasDatabaseSpecs: false,
    redisSpecs: [
      { project: '@switchyard/queue-bullmq', patterns: ['contract'] },
      { project: APP, patterns: FLAG_SPECS },
    ],
  });
  assert.deepEqual(whole(plan(undefined, true)), [APP]);
});

test('a project that is gone is asked for nothing', () => {
  const { redisSpecs } = planLeg({ flag: 'true', server: 'Redis', isShort: false, projects: [APP] });
  assert.deepEqual(redisSpecs, [{ project: APP, patterns: FLAG_SPECS }]);
});

const described = (rows) =>
  rows.map(({ major, server, flag, reason }) => [major, server, flag, Boolean(reason)]);

test('the matrix has by default each flag and no Bull here, one newer Node, and Valkey', () => {
  const rows = matrixRows({ isAll: false, hasBull: true, major: 20 });
  assert.deepEqual(described(rows), [
    ...values.map((flag) => [20, 'Redis', flag, false]),
    [20, 'Redis', WITHOUT_BULL, false],
    [24, 'Redis', ALL_FLAGS, false],
    [20, 'Valkey', ALL_FLAGS, false],
    [22, 'Redis', ALL_FLAGS, true],
  ]);
});

test('--all is the product of Nodes, servers and flags, and no Bull', () => {
  const rows = matrixRows({ isAll: true, hasBull: true, major: 22 });
  assert.equal(rows.length, nodeMajors.length * servers.length * flags.length + 1);
  assert.equal(
    new Set(rows.map(({ major, server, flag }) => `${major} ${server} ${flag}`)).size,
    rows.length,
  );
  assert.ok(rows.every(({ isShort, reason }) => !isShort && !reason));
  assert.equal(rows[0].major, 22);
});

test('a clone without Bull has one kind of flag left', () => {
  const rows = matrixRows({ isAll: true, hasBull: false, major: 20 });
  assert.deepEqual([...new Set(rows.map(({ flag }) => flag))], [ALL_FLAGS, WITHOUT_BULL]);
  assert.ok(rows.at(-1).reason);
});
