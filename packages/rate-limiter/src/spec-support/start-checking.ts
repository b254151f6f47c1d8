import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Policies } from '../index.js';
import type { CheckingAnswer, CheckingOrder } from './checking-process.js';

const LOADER = new URL('../../../../tools/ci/start-typescript.mjs', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('./checking-process.ts', import.meta.url));

/** Processes that ask one limiter each, on the same Redis. */
export interface CheckingProcesses {
  /** Gives all of them the same order at once. */
  order(order: CheckingOrder): Promise<CheckingAnswer[]>;
  stop(): Promise<void>;
}

export async function startChecking(
  count: number,
  { url, token }: { readonly url: string; readonly token: string },
  policies: Policies,
): Promise<CheckingProcesses> {
  const children = Array.from({ length: count }, () =>
    fork(PROGRAM, [url, token, JSON.stringify(policies)], {
      execArgv: ['--conditions=@switchyard/source', `--import=${LOADER}`],
    }),
  );
  await Promise.all(children.map(nextMessage));
  return {
    async order(order) {
      const answers = children.map(nextMessage);
      for (const child of children) child.send(order);
      return (await Promise.all(answers)) as CheckingAnswer[];
    },
    async stop() {
      const exits = children.map((child) => once(child, 'exit'));
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(exits);
    },
  };
}

/** @throws Error when the child ends instead, as it does when its limiter throws */
async function nextMessage(child: ChildProcess): Promise<unknown> {
  const abort = new AbortController();
  const { signal } = abort;
  const exit = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the checking process ended: ${code ?? by}`);
  });
  try {
    const [message] = (await Promise.race([once(child, 'message', { signal }), exit])) as [unknown];
    return message;
  } finally {
    exit.catch(() => undefined);
    abort.abort();
  }
}
