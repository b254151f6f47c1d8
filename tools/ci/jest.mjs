// Runs the Jest of the package in the current folder: `node jest.mjs unit|redis|database [jest arguments]`.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as presets from '../../jest.preset.mjs';

const [kind, ...rest] = process.argv.slice(2);
const config = presets[kind];
if (!config) throw new Error(`jest.mjs: "${kind}" is none of ${Object.keys(presets).join(', ')}`);

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const jestBin = createRequire(join(root, 'package.json')).resolve('jest/bin/jest');
const jest = spawn(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--no-warnings=ExperimentalWarning',
    jestBin,
    '--config',
    JSON.stringify({ ...config, rootDir: process.cwd(), displayName: kind }),
    ...rest,
  ],
  { stdio: 'inherit' },
);
// Whoever stops us means Jest.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => jest.kill(signal));
jest.once('exit', (status) => process.exit(status ?? 1));
