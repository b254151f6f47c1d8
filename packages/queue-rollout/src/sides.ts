import type { EngineQueue, QueueEngine } from '@switchyard/queue-contract';
import type { Side } from './route.js';

/** What there is of something on each side of a rollout. Without a legacy engine, `legacy` is undefined. */
export interface BySide<T> {
  readonly legacy: T | undefined;
  readonly target: T;
}

export type Engines = BySide<QueueEngine>;
/** One queue on each engine. */
export type Sides = BySide<EngineQueue>;

export const SIDES: readonly Side[] = ['legacy', 'target'];

/** The queue's places, the one where its jobs go first. */
export function placesOf({ legacy, target }: Sides, first: Side): readonly EngineQueue[] {
  if (!legacy) return [target];
  return first === 'legacy' ? [legacy, target] : [target, legacy];
}

export function sideOf({ target }: Sides, place: EngineQueue): Side {
  return place === target ? 'target' : 'legacy';
}

/** A side that is missing is never asked for in earnest: every share is checked against the engines there are. */
export function onSide<T>({ legacy, target }: BySide<T>, side: Side): T {
  return side === 'legacy' ? (legacy ?? target) : target;
}
