import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import ts from 'typescript';

/** A process of its own that runs this package's sources, and can be killed in the middle of anything. */
export interface KillableProcess {
  /** Resolves with the next line of its output that begins with `word`. */
  says(word: string): Promise<string>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
}

const PACKAGE = process.cwd();
const COMPILED = join(PACKAGE, 'out-tsc', 'killable-process');

/**
 * @param script JavaScript with `redis` (an ioredis client), `shared` (the shared connections) and
 *   `say(line)`.
 */
export async function startKillableProcess(redisUrl: string, script: string): Promise<KillableProcess> {
  const folder = await compileSources();
  const main = join(folder, `main-${process.hrtime.bigint()}.js`);
  await writeFile(
    main,
    `import { Redis } from 'ioredis';
     import { shareConnections } from './index.js';
     const redis = new Redis(${JSON.stringify(redisUrl)}, { maxRetriesPerRequest: null });
     const shared = shareConnections(redis);
     const say = (line) => process.stdout.write(line + '\\n');
     ${script}`,
  );
  const child = spawn(process.execPath, [main], { cwd: PACKAGE, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const says = listenTo(child);
  return {
    says,
    async kill() {
      child.kill('SIGKILL');
      await exited;
      await rm(main, { force: true });
    },
  };
}

function listenTo(child: ChildProcess): (word: string) => Promise<string> {
  const lines: string[] = [];
  let onLine = () => {};
  if (child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      onLine();
    });
  }
  return (word) =>
    new Promise((resolve) => {
      const look = () => {
        const at = lines.findIndex((line) => line.startsWith(word));
        if (at < 0) return;
        onLine = () => {};
        resolve(lines.splice(at, 1)[0] ?? '');
      };
      onLine = look;
      look();
    });
}

/** Node does not read TypeScript, and a test needs no build: the sources are stripped of their types here. */
async function compileSources(): Promise<string> {
  await mkdir(COMPILED, { recursive: true });
  const source = join(PACKAGE, 'src');
  for (const file of await readdir(source)) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const { outputText } = ts.transpileModule(await readFile(join(source, file), 'utf8'), {
      compilerOptions: {
        module: ts.ModuleKind.ESNext,
        target: ts.ScriptTarget.ES2023,
        verbatimModuleSyntax: true,
      },
    });
    await writeFile(join(COMPILED, file.replace(/\.ts$/, '.js')), outputText);
  }
  return COMPILED;
}
