import { nextTick } from 'node:process';

/** As `queueMicrotask`, which stops where a test stops the clock. */
const MICROTASK = Promise.resolve();

/**
 * Calls back at the end of this tick: when all is done that runs now, and the queue of microtasks is empty. That is sooner
 * than anything else can come in, and late enough for all who go on after the same answer.
 */
export function atEndOfTick(callback: () => void): void {
  // A microtask first, so that it comes after all microtasks even where this is none itself.
  void MICROTASK.then(() => nextTick(callback));
}
