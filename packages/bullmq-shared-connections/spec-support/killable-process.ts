import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process of its own that runs this package's sources, and can be killed in the middle of anything. */
export interface KillableProcess {
  /** Resolves with the next line of its output that begins with `word`. */
  says(word: string): Promise<string>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
}

const LOADER = new URL('../../../tools/ci/start-typescript.mjs', import.meta.url).href;
const SOURCES = new URL('../src/index.ts', import.meta.url).href;

/**
 * @param script JavaScript with `redis` (an ioredis client), `shared` (the shared connections) and
 *   `say(line)`.
 */
export function startKillableProcess(redisUrl: string, script: string): KillableProcess {
  const program = `
    import { Redis } from 'ioredis';
    import { shareConnections } from '${SOURCES}';
    const redis = new Redis('${redisUrl}', { maxRetriesPerRequest: null });
    const shared = shareConnections(redis);
    const say = (line) => process.stdout.write(line + '\\n');
    ${script}`;
  const child = spawn(process.execPath, [`--import=${LOADER}`, '--input-type=module', `--eval=${program}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    says: listenTo(child),
    async kill() {
      child.kill('SIGKILL');
      await exited;
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
