// What is left to know of failed tests once their output has scrolled by: names, places, how each message begins.
import { rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cacheFolder, root } from './workspace.mjs';

/** `.ci/run` closes with it: of a long log often only the end is kept. */
const FILE = join(cacheFolder, 'failures.txt');
const MESSAGE_LINES = 15;
const MOST_IN_FILE = 20;

/** `{ name, file, message }` of each test that failed in Jest's results, and of each spec file that does not load. */
export function jestFailures(testResults, folder = root) {
  return testResults.flatMap(({ testFilePath, testResults: tests, testExecError, failureMessage }) => {
    const file = relative(folder, testFilePath);
    const failed = tests
      .filter(({ status }) => status === 'failed')
      .map(({ fullName, failureMessages }) => ({
        name: fullName,
        file,
        message: beginning(failureMessages.join('\n')),
      }));
    const message = beginning(failureMessage ?? testExecError?.message ?? '');
    return testExecError ? [...failed, { name: 'could not be run', file, message }] : failed;
  });
}

/** The same of what Node's runner says in TAP; a suite that failed because of its tests is none. */
export function tapFailures(tap) {
  const failures = [];
  const block = /^( *)not ok \d+ - (.*)\n(?:\1 {2}---\n([\s\S]*?)\n\1 {2}\.\.\.)?/gm;
  for (const [, , name, details = ''] of tap.matchAll(block)) {
    if (/^ *failureType: 'subtestsFailed'/m.test(details) || / # TODO\b/.test(name)) continue;
    const location = /^ *location: '(.*?)(?::\d+:\d+)?'$/m.exec(details)?.[1];
    const said = details
      .split('\n')
      .filter((line) => !/^ *(duration_ms|type|location|failureType): /.test(line));
    failures.push({
      name,
      file: location ? relative(root, location) : 'tools/ci',
      message: beginning(said.join('\n')),
    });
  }
  return failures;
}

function beginning(message) {
  const lines = stripVTControlCharacters(message).trim().split('\n');
  const kept = lines.slice(0, MESSAGE_LINES).map((line) => line.trimEnd());
  return [...kept, ...(lines.length > MESSAGE_LINES ? ['…'] : [])].join('\n');
}

/** As text: checks by name, tests with file and message. At most so many of both together, if a number is given. */
export function describeFailures(checks, tests, most = Infinity) {
  const all = [
    ...checks.map((name) => `Failed: ${name}`),
    ...tests.map(({ name, file, message }) =>
      [`Failed: ${file} › ${name}`, ...message.split('\n').map((line) => `    ${line}`.trimEnd())].join('\n'),
    ),
  ];
  const rest = all.length - most;
  return [...all.slice(0, most), ...(rest > 0 ? [`… and ${rest} more, named above`] : [])].join('\n');
}

/** Leaves what failed where `.ci/run` finds it; nothing when nothing did. */
export function writeFailures(checks, tests, file = FILE) {
  rmSync(file, { force: true });
  const text = describeFailures(checks, tests, MOST_IN_FILE);
  if (text) writeFileSync(file, `${text}\n`);
}
