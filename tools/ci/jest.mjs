// Runs the Jest of the package in the current folder: `node jest.mjs unit|redis [jest arguments]`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as presets from '../../jest.preset.mjs';

const [kind, ...rest] = process.argv.slice(2);
const config = presets[kind];
if (!config) throw new Error(`jest.mjs: "${kind}" is none of ${Object.keys(presets).join(', ')}`);

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const jestBin = createRequire(join(root, 'package.json')).resolve('jest/bin/jest');
const { status, signal } = spawnSync(
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
process.exit(signal ? 1 : status);
