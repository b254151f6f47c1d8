// No signature that a package exports says `any`, however deep: what comes out of it would be checked by nobody.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { entryPoints, findAny } from './public-types.mjs';
import { root } from './workspace.mjs';

/** Each module exports one `any`, told by the end of its path, or none. */
const modules = [
  ['export function f(a: any): void {}', 'f(a)'],
  ['export function f() { return JSON.parse("1"); }', 'f()'],
  ['export async function f() { return JSON.parse("1"); }', 'f()<0>'],
  ['export const f = (a: string, ...more: any[]) => a.length + more.length;', 'f(more)<0>'],
  ['export const deep = { list: [{ value: JSON.parse("1") }] };', 'deep.list<0>.value'],
  ['export type T = string | { readonly x?: any };', 'T.x'],
  [
    'interface Own { call(listener: (event: any) => void): void }\nexport const own = null! as Own;',
    'own.call(listener)(event)',
  ],
  ['export interface Box<T = any> { readonly value: T }', 'Box<0> (T)'],
  ['export type Of<T> = T extends string ? any : never;', 'Of'],
  ['export type Every = { readonly [K in "a"]: any };', 'Every.a'],
  ['export type Each<K extends string> = { readonly [N in K]: any };', 'Each[]'],
  ['export type Table = Record<string, any>;', 'Table<1>'],
  ['export class C { constructor(readonly a: Map<string, any>) {} }', 'C.a<1>'],
  ['export class C { get a() { return JSON.parse("1"); } }', 'C.a'],
  ['class Base { made: any }\nexport class C extends Base {}', 'C.made'],
  ['export function is(value: unknown): value is any[] { return Array.isArray(value); }', 'is()<0>'],
  ['import type { Job } from "bullmq";\nexport type J = Job<any, string>;', 'J<0>'],
  ['import type { Job } from "bullmq";\nexport type J = Promise<Map<Job, any>>;', 'J<0><1>'],
  ['import type { Job } from "bullmq";\nexport type J = Job;', null],
  [
    'import type { Job } from "bullmq";\ntype Data = Job["data"];\nexport type J<T = Data> = readonly T[];',
    null,
  ],
  ['import { Queue } from "bullmq";\nexport class Q extends Queue { own = 1; }', null],
  ['export class C { #a: any = 1; private b: any = this.#a; protected c: any = this.b; }', null],
  ['export class E extends Error { readonly code = "E"; }', null],
  [
    'export function f<T extends (...args: never[]) => unknown>(f: T): ReturnType<T> { return f() as ReturnType<T>; }',
    null,
  ],
];

test('an any is found wherever it hides, and what is declared elsewhere is not looked into', () => {
  // Inside the workspace, where the modules find what they import.
  const folder = mkdtempSync(join(root, 'tools', 'ci', '.public-types-'));
  try {
    const files = modules.map(([text], n) => {
      const file = join(folder, `m${n}.ts`);
      writeFileSync(file, `${text}\n`);
      return file;
    });
    const found = findAny(files).map((line) => line.replace(/^.*m(\d+)\.ts: /, '$1 '));
    const expected = modules.flatMap(([, path], n) => (path === null ? [] : [`${n} ${path}`]));
    assert.deepEqual(found, expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a module that does not compile is an error: what cannot be resolved is any', () => {
  const folder = mkdtempSync(join(root, 'tools', 'ci', '.public-types-'));
  try {
    const file = join(folder, 'broken.ts');
    writeFileSync(file, 'export { missing } from "./missing.js";\n');
    assert.throws(() => findAny([file]), /missing/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('no package exports a signature with any', () => {
  const entries = entryPoints();
  assert.ok(entries.length >= 7, entries.join('\n'));
  assert.deepEqual(findAny(entries), []);
});
