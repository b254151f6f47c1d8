import { setTimeout as sleep } from 'node:timers/promises';
import { answerWith } from '../answering.js';
import { someValue, type Call, type HttpContender } from './contender.js';
import type { ContenderOperations } from './contender-operations.js';
import { openContender } from './open-contender.js';
import { mostInOneWindow, untilWindowShare, type Admitted } from './windows.js';

// The program of a contender's own process: does what the benchmark asks over IPC, and ends with it.

let contender: HttpContender | undefined;
let batches = 0;
let call: Call | undefined;
let nextNumber = 0;

function opened(): HttpContender {
  if (!contender) throw new Error('not open');
  return contender;
}

function found<Thing>(thing: Thing | undefined, name: string): Thing {
  if (thing === undefined) throw new Error(`there is no ${name} here`);
  return thing;
}

/** No other process and no other batch of this one has it. */
function freshName(): string {
  return `${process.pid}-${batches++}`;
}

function together(count: number, each: () => Promise<void>): Promise<unknown> {
  return Promise.all(Array.from({ length: count }, each));
}

answerWith<ContenderOperations>({
  async open({ contender: id, place }) {
    contender = await openContender(id, place);
  },
  async prepare({ operation, calls, isSlow }) {
    const prepare = found(opened().operations[operation], operation);
    call = await prepare({ name: freshName(), calls, isSlow });
    nextNumber = 0;
  },
  async run({ calls, callers }) {
    const doCall = found(call, 'batch');
    const end = nextNumber + calls;
    const latenciesMs: number[] = [];
    const beganAtMs = performance.now();
    await together(callers, async () => {
      while (nextNumber < end) {
        const startedAtMs = performance.now();
        await doCall(nextNumber++);
        latenciesMs.push(performance.now() - startedAtMs);
      }
    });
    return { latenciesMs, durationMs: performance.now() - beganAtMs };
  },
  async race({ algorithm, rule, callers, durationMs }) {
    const admit = found(opened().races[algorithm], algorithm)(rule);
    // The first request of all opens connections and loads scripts.
    await admit(freshName());
    const key = freshName();
    const admitted: Admitted[] = [];
    await untilWindowShare(rule.windowMs, 0.75);
    const endAtMs = performance.now() + durationMs;
    await together(callers, async () => {
      while (performance.now() < endAtMs) {
        const startedAtMs = performance.now();
        const isAdmitted = await admit(key);
        if (isAdmitted) admitted.push({ startedAtMs, endedAtMs: performance.now() });
        // A limiter that answers from memory would keep everything else from running.
        else await sleep(1);
      }
    });
    return {
      admitted: admitted.length,
      mostInOneWindow: mostInOneWindow(admitted, rule.windowMs),
    };
  },
  async stampede({ callers, fetchMs }) {
    const read = found(opened().coldRead, 'cache');
    const key = freshName();
    let fetches = 0;
    await together(callers, async () => {
      await read(key, async () => {
        fetches += 1;
        await sleep(fetchMs);
        return someValue(key);
      });
    });
    return { fetches };
  },
});
