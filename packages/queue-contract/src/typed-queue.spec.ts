// What must not compile. Each `@ts-expect-error` is a test of the type checker's: without the error the build fails.
import type { JobHandlers } from './job-consumer.js';
import type { JobProducer, NewJob } from './job-producer.js';
import type { JobSchedules } from './job-schedules.js';
import { defineQueue, type JobInput, type JobOutput, type QueueDefinition } from './queue-definition.js';
import type { StandardSchema } from './standard-schema.js';

function schema<I, O = I>(): StandardSchema<I, O> {
  return { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value: value as O }) } };
}

const mail = defineQueue({
  name: 'mail',
  tier: 'medium',
  jobs: {
    welcome: schema<{ to: string; locale?: string }, { to: string; locale: string }>(),
    digest: schema<{ userId: number }>(),
  },
  routingKey: ({ data }) => ('to' in data ? data.to : String(data.userId)),
});
type Mail = (typeof mail)['jobs'];

/** Never called: only its types matter. */
export async function typesOfTheRoles(
  producer: JobProducer<Mail>,
  schedules: JobSchedules<Mail>,
): Promise<void> {
  await producer.add('welcome', { to: 'ada' });
  await producer.add('digest', { userId: 1 }, { attempts: 3 });
  // @ts-expect-error a name that the queue does not declare
  await producer.add('farewell', { to: 'ada' });
  // @ts-expect-error a payload of the wrong type
  await producer.add('welcome', { to: 5 });
  // @ts-expect-error another job's payload
  await producer.add('digest', { to: 'ada' });
  // @ts-expect-error an option that does not exist
  await producer.add('digest', { userId: 1 }, { delay: 5 });
  // @ts-expect-error a backoff without its delay
  await producer.add('digest', { userId: 1 }, { backoff: { type: 'fixed' } });

  await producer.addMany([
    { name: 'welcome', data: { to: 'ada' } },
    { name: 'digest', data: { userId: 1 } },
  ]);
  // @ts-expect-error name and payload belong together
  const mismatch: NewJob<Mail> = { name: 'digest', data: { to: 'ada' } };
  await producer.addMany([mismatch]);

  await schedules.upsert({ id: 'x', rule: { everyMs: 1000 }, name: 'digest', data: { userId: 1 } });
  await schedules.upsert({
    id: 'x',
    rule: { cron: '* * * * *' },
    // @ts-expect-error a name that the queue does not declare
    name: 'farewell',
    data: { userId: 1 },
  });
  await schedules.upsert({
    id: 'x',
    rule: { everyMs: 1000 },
    name: 'digest',
    data: { userId: 1 },
    // @ts-expect-error a schedule has no delay of its own
    options: { delayMs: 5 },
  });
}

describe('a declared queue', () => {
  test('gives each handler the output of its schema, and wants one for every name', () => {
    const handlers: JobHandlers<Mail> = {
      welcome: ({ data, name }) => {
        const locale: string = data.locale;
        const own: 'welcome' = name;
        return `${locale} ${own}`;
      },
      digest: ({ data }) => {
        const userId: number = data.userId;
        // @ts-expect-error another job's payload
        return [userId, data.to];
      },
    };
    // @ts-expect-error a handler is missing
    const incomplete: JobHandlers<Mail> = { welcome: () => null };
    expect(Object.keys({ ...handlers, ...incomplete })).toEqual(['welcome', 'digest']);
  });

  test('tells input and output of a payload apart', () => {
    const input: JobInput<Mail, 'welcome'> = { to: 'ada' };
    // @ts-expect-error the output has what the schema adds
    const output: JobOutput<Mail, 'welcome'> = { to: 'ada' };
    expect(output).toEqual(input);
  });

  test('stands where any queue is meant', () => {
    const queues: readonly QueueDefinition[] = [mail];
    expect(queues[0]?.name).toBe('mail');
  });

  test('has a tier of the three', () => {
    const declare = () => defineQueue({ name: 'x', tier: 'medium', jobs: { a: schema<number>() } });
    expect(declare().tier).toBe('medium');
    // @ts-expect-error no tier of this name
    expect(() => defineQueue({ name: 'x', tier: 'urgent', jobs: { a: schema<number>() } })).toThrow();
  });
});
