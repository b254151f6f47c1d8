// What runs in a sandbox's process: loads one file of handlers and runs one job at a time for its parent.
// JavaScript, so that Node can run it beside the sources as well as beside what was built from them.
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { pickHandlers } from './pick-handlers.mjs';
import { describeThrown, rebuildThrown } from './transported-error.mjs';

/** @typedef {import('../messages.js').JobFields} JobFields */
/** @typedef {import('../messages.js').JobCall} JobCall */

/** @type {import('./pick-handlers.mjs').PickedHandlers | undefined} */
let loaded;
/** The job that runs. @type {AbortController | undefined} */
let current;
let calls = 0;
/** @type {Map<number, { resolve: () => void, reject: (reason: unknown) => void }>} */
const unanswered = new Map();
/** Answers to what a handler told after its abort. Nobody need be waiting for them. @type {WeakSet<object>} */
const lateRefusals = new WeakSet();

// Ctrl-C and service managers signal the whole group. When to stop is for the parent to say, which may close in peace.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
new Worker(new URL('./parent-watch.mjs', import.meta.url), { execArgv: [], env: {} }).unref();

// Its state may be broken, so it ends, which is what Node does by itself; but first it says why.
process.on('uncaughtException', (error) => {
  if (lateRefusals.has(error)) return;
  if (!current) process.stderr.write(`${inspect(error)}\n`);
  send({ sandbox: 'uncaught', thrown: describeThrown(error) }, () => process.exit(1));
});

process.on('message', (/** @type {import('../messages.js').ToChild} */ message) => {
  switch (message?.sandbox) {
    case 'load':
      return void load(message.file, message.names);
    case 'run':
      return void run(message.job);
    case 'abort':
      return current?.abort(rebuildThrown(message.reason));
    case 'answer':
      return answer(message.call, message.thrown);
    case 'stop':
      return void stop();
  }
});

/**
 * @param {string} file
 * @param {readonly string[]} names
 */
async function load(file, names) {
  let module;
  try {
    module = await import(file);
  } catch (error) {
    const problem = /** @type {{ message?: string } | null} */ (error)?.message ?? inspect(error);
    return send({ sandbox: 'refused', problem, thrown: describeThrown(error) });
  }
  try {
    loaded = pickHandlers(module, names);
  } catch (error) {
    return send({ sandbox: 'refused', problem: /** @type {Error} */ (error).message, thrown: undefined });
  }
  send({ sandbox: 'loaded' });
}

/** @param {JobFields} fields */
async function run(fields) {
  const controller = new AbortController();
  current = controller;
  let hasEnded = false;
  /**
   * @param {JobCall} method
   * @param {string | undefined} argument
   */
  const call = async (method, argument) => {
    // Somebody who did not wait for it: its job is history, and an error would hit the next one.
    if (hasEnded) return;
    await new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      unanswered.set(++calls, { resolve, reject });
      send({ sandbox: 'call', call: calls, method, argument });
    });
  };
  /** @type {import('../messages.js').FromChild} */
  let outcome;
  try {
    const result = await loaded?.handlers.get(fields.name)?.({
      ...fields,
      signal: controller.signal,
      updateProgress: async (progress) => call('updateProgress', JSON.stringify(progress)),
      log: async (line) => call('log', String(line)),
      updateData: async (data) => call('updateData', JSON.stringify(data)),
    });
    outcome = { sandbox: 'returned', result: JSON.stringify(result) };
  } catch (thrown) {
    outcome = { sandbox: 'threw', thrown: describeThrown(thrown) };
  }
  hasEnded = true;
  current = undefined;
  send(outcome);
}

/**
 * @param {number} call
 * @param {import('./transported-error.mjs').TransportedThrown | undefined} thrown
 */
function answer(call, thrown) {
  const waiting = unanswered.get(call);
  unanswered.delete(call);
  if (!thrown) return waiting?.resolve();
  const refusal = /** @type {object} */ (rebuildThrown(thrown));
  if (current?.signal.aborted && Object(refusal) === refusal) lateRefusals.add(refusal);
  waiting?.reject(refusal);
}

async function stop() {
  try {
    await loaded?.close?.();
  } catch (error) {
    process.stderr.write(`${inspect(error)}\n`);
  }
  process.exit();
}

/**
 * A parent that is gone does not listen, and its end is noticed elsewhere.
 *
 * @param {import('../messages.js').FromChild} message
 * @param {() => void} [sent]
 */
function send(message, sent = () => {}) {
  process.send?.(message, undefined, undefined, sent);
}
