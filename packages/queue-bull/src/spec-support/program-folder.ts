import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

export const PROGRAM_FILE = 'program.mjs';

/** A program beside the packages in plain JavaScript, where another process finds them without a build. */
export async function makeProgramFolder(program: string): Promise<string> {
  const parent = join(process.cwd(), 'out-tsc');
  await mkdir(parent, { recursive: true });
  const made = await mkdtemp(join(parent, 'program-'));
  // Without this the program would belong to this package, and get what was last built of it.
  await writeFile(join(made, 'package.json'), '{ "type": "module" }');
  for (const name of ['queue-bull', 'queue-contract']) {
    const source = join(process.cwd(), '..', name, 'src');
    const target = join(made, 'node_modules', '@switchyard', name);
    await mkdir(target, { recursive: true });
    await writeFile(join(target, 'package.json'), '{ "type": "module", "exports": "./index.js" }');
    for (const file of await readdir(source)) {
      if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
      const { outputText } = ts.transpileModule(await readFile(join(source, file), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      });
      await writeFile(join(target, file.replace(/\.ts$/, '.js')), outputText);
    }
  }
  await writeFile(join(made, PROGRAM_FILE), program);
  return made;
}
