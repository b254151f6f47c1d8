import type { EngineCapability } from '@switchyard/queue-contract';
import type { CaseContext } from './contract-case.js';

/** How to ask an engine for a capability that it says it lacks. */
export const capabilityProbes: Readonly<
  Record<EngineCapability, (context: CaseContext) => Promise<unknown>>
> = {
  priorities: ({ engine, declare }) =>
    engine.queue(declare({ priorities: true })).producer.add('work', null, { priority: 1 }),
  lifo: ({ engine, declare }) => engine.queue(declare()).producer.add('work', null, { lifo: true }),
  deduplication: ({ engine, declare }) =>
    engine.queue(declare()).producer.add('work', null, { deduplication: { id: 'x' } }),
  'custom-backoff': ({ engine, declare }) =>
    engine
      .queue(declare({ backoffDelayMs: () => 1 }))
      .producer.add('work', null, { attempts: 2, backoff: { type: 'custom' } }),
  'rate-limit': ({ engine, declare, consume }) =>
    consume(engine.queue(declare({ worker: { limit: { max: 1, durationMs: 1000 } } })), () => null),
  schedules: ({ engine, declare }) =>
    engine.queue(declare()).schedules.upsert({ id: 'x', rule: { everyMs: 1000 }, name: 'work', data: null }),
  'queue-events': ({ engine, declare }) => engine.queue(declare()).events.on('completed', () => {}),
  pause: ({ engine, declare }) => engine.queue(declare()).control.pause(),
};

export const CAPABILITIES = Object.keys(capabilityProbes) as readonly EngineCapability[];
