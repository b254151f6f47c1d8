// What must not compile. Each `@ts-expect-error` is a test of the type checker's: without the error the build fails.
import { resultType } from './job-declaration.js';
import type { ConsumerEvents, JobHandlers } from './job-consumer.js';
import type { JobProducer, NewJob } from './job-producer.js';
import type { JobSchedules, Schedule } from './job-schedules.js';
import type { Job, JobReference } from './job.js';
import {
  defineQueue,
  type JobInput,
  type JobOutput,
  type JobResult,
  type QueueDefinition,
} from './queue-definition.js';
import type { EngineQueue } from './queue-engine.js';
import { parsePayload } from './payload.js';
import type { StandardSchema } from './standard-schema.js';

function schema<I, O = I>(): StandardSchema<I, O> {
  return { '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value: value as O }) } };
}

/** Compiles only where both types are the same, `any` and `unknown` told apart. */
type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : ['these types differ'];

/** `exactly<A>()(value)` compiles only where the value is an A and nothing more or less. */
function exactly<A>(): <B>(value: B, ...problem: Same<A, B>) => void {
  return () => undefined;
}

interface Receipt {
  readonly messageId: string;
}

const mail = defineQueue({
  name: 'mail',
  tier: 'medium',
  jobs: {
    welcome: {
      payload: schema<{ to: string; locale?: string }, { to: string; locale: string }>(),
      result: resultType<Receipt>(),
    },
    digest: schema<{ userId: number }>(),
    count: { payload: schema<string>(), result: resultType<number>() },
    sweep: { payload: schema<null>(), result: resultType<void>() },
  },
  routingKey: ({ data }) => (typeof data === 'object' && data && 'to' in data ? data.to : String(data)),
});
type Mail = (typeof mail)['jobs'];

/** None of these is ever called: only its types matter. */
export async function typesOfAdding(producer: JobProducer<Mail>): Promise<void> {
  await producer.add('welcome', { to: 'ada' });
  await producer.add('digest', { userId: 1 }, { attempts: 3 });
  // @ts-expect-error no name at all
  await producer.add({ to: 'ada' });
  // @ts-expect-error a name that the queue does not declare
  await producer.add('farewell', { to: 'ada' });
  // @ts-expect-error a payload of the wrong type
  await producer.add('welcome', { to: 5 });
  // @ts-expect-error another job's payload
  await producer.add('digest', { to: 'ada' });
  // @ts-expect-error no payload where one is declared
  await producer.add('digest');
  // @ts-expect-error an option that does not exist
  await producer.add('digest', { userId: 1 }, { delay: 5 });
  // @ts-expect-error a schedule is no option of an add
  await producer.add('digest', { userId: 1 }, { repeat: { every: 1000 } });
  // @ts-expect-error a backoff without its delay
  await producer.add('digest', { userId: 1 }, { backoff: { type: 'fixed' } });
  // @ts-expect-error an id is a string
  await producer.add('digest', { userId: 1 }, { id: 7 });

  const added = await producer.add('welcome', { to: 'ada' });
  exactly<JobReference<'welcome'>>()(added);
  // @ts-expect-error it is no reference to a job of another name
  const other: JobReference<'digest'> = added;
  const any: JobReference = other;
  // @ts-expect-error what it answers does not change
  any.id = 'x';
}

export async function typesOfAddingMany(producer: JobProducer<Mail>): Promise<void> {
  const added = await producer.addMany([
    { name: 'welcome', data: { to: 'ada' } },
    { name: 'digest', data: { userId: 1 }, options: { id: '1' } },
  ]);
  exactly<readonly JobReference<keyof Mail>[]>()(added);
  await producer.addMany([
    // @ts-expect-error name and payload belong together
    { name: 'digest', data: { to: 'ada' } },
    // @ts-expect-error a name that the queue does not declare
    { name: 'farewell', data: { to: 'ada' } },
    // @ts-expect-error an option that does not exist
    { name: 'digest', data: { userId: 1 }, options: { delay: 5 } },
  ]);
  // @ts-expect-error a job without a name
  const nameless: NewJob<Mail> = { data: { to: 'ada' } };
  await producer.addMany([nameless]);
}

export async function typesOfSchedules(schedules: JobSchedules<Mail>): Promise<void> {
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
    // @ts-expect-error a payload that no job of the queue has
    data: { user: 1 },
  });
  await schedules.upsert({
    id: 'x',
    rule: { everyMs: 1000 },
    name: 'digest',
    data: { userId: 1 },
    // @ts-expect-error a schedule has no delay of its own
    options: { delayMs: 5 },
  });
  await schedules.upsert({
    id: 'x',
    rule: { everyMs: 1000 },
    name: 'digest',
    // @ts-expect-error name and payload belong together
    data: { to: 'ada' },
  });
  const kept = await schedules.get('x');
  // What an engine answers can be handed to another.
  if (kept) await schedules.upsert(kept, { firstRunAtMs: kept.nextRunAtMs });
  const digest: Schedule<Mail, 'digest'> = {
    id: 'x',
    rule: { everyMs: 1000 },
    name: 'digest',
    // @ts-expect-error another job's payload
    data: { to: 'ada' },
  };
  // @ts-expect-error no rule of this kind
  await schedules.upsert({ ...digest, rule: { every: 1000 } });
}

export async function typesOfEnds(queue: EngineQueue<Mail>, id: string): Promise<void> {
  const { producer, events, inspector } = queue;
  const timeoutMs = 1000;
  const receipt = await events.waitForEnd(await producer.add('welcome', { to: 'ada' }), { timeoutMs });
  exactly<Receipt>()(receipt);
  const count = await events.waitForEnd(await producer.add('count', 'all'), { timeoutMs });
  exactly<number>()(count);
  const nothing = await events.waitForEnd(await producer.add('sweep', null), { timeoutMs });
  exactly<null>()(nothing);
  const whatever = await events.waitForEnd(await producer.add('digest', { userId: 1 }), { timeoutMs });
  exactly<unknown>()(whatever);
  const ofAny = await events.waitForEnd(id, { timeoutMs });
  exactly<unknown>()(ofAny);
  // @ts-expect-error always with a limit
  await events.waitForEnd(id);
  const sms: JobReference<'sms'> = { id, name: 'sms', queue: 'phone' };
  // @ts-expect-error no job of this queue
  await events.waitForEnd(sms, { timeoutMs });

  const found = await inspector.job(id);
  exactly<Job | null>()(found);
  // @ts-expect-error a picture holds what is stored, which nobody has checked
  const to: string = found?.data;
  exactly<string>()(to);
  // @ts-expect-error no state of this name
  await inspector.jobs(['paused']);
}

/** Where every job says what it answers, an id alone is worth as much. */
export async function typesOfEndsById(queue: EngineQueue<Pick<Mail, 'count' | 'sweep'>>): Promise<void> {
  const ofAny = await queue.events.waitForEnd('7', { timeoutMs: 1 });
  exactly<number | null>()(ofAny);
}

export async function typesOfPayloads(): Promise<void> {
  const parsed = await parsePayload(mail, 'welcome', {});
  exactly<string>()(parsed.locale);
}

export function typesOfResults(
  welcome: JobResult<Mail, 'welcome'>,
  digest: JobResult<Mail, 'digest'>,
  count: JobInput<Mail, 'count'>,
  heard: ConsumerEvents['completed'],
): void {
  exactly<Receipt>()(welcome);
  exactly<unknown>()(digest);
  exactly<string>()(count);
  exactly<unknown>()(heard.result);
  // @ts-expect-error exactly is meant literally
  exactly<unknown>()(JSON.parse('1'));
}

describe('a declared queue', () => {
  test('gives each handler the output of its schema, and wants one for every name', () => {
    const handlers: JobHandlers<Mail> = {
      welcome: ({ data, name, updateData }) => {
        const locale: string = data.locale;
        const own: 'welcome' = name;
        // What is stored is a payload as it is added, before the schema has made anything of it.
        void updateData({ to: 'grace' });
        // @ts-expect-error another job's payload
        void updateData({ userId: 1 });
        return { messageId: `${locale} ${own}` };
      },
      digest: ({ data }) => {
        const userId: number = data.userId;
        // @ts-expect-error another job's payload
        return [userId, data.to];
      },
      count: async ({ data }) => data.length,
      sweep: () => {},
    };
    // @ts-expect-error a handler is missing
    const incomplete: JobHandlers<Mail> = { welcome: () => ({ messageId: '' }) };
    // @ts-expect-error a handler that no name calls for
    const surplus: JobHandlers<Mail> = { ...handlers, farewell: () => null };
    expect(Object.keys({ ...handlers, ...incomplete })).toEqual(['welcome', 'digest', 'count', 'sweep']);
    expect(surplus).toHaveProperty('farewell');
  });

  test('holds each handler to the result that is declared', () => {
    const handlers: Partial<JobHandlers<Mail>> = {
      // @ts-expect-error something is missing in the result
      welcome: async () => ({ id: '7' }),
      // @ts-expect-error nothing where a number is declared
      count: () => {},
      // @ts-expect-error the promise of something else
      sweep: async () => 'swept',
    };
    // @ts-expect-error a path through the handler that answers nothing
    const sometimes: JobHandlers<Mail>['count'] = ({ data }) => {
      if (data !== '') return 1;
    };
    expect({ ...handlers, sometimes }).toBeDefined();
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

  test('has jobs of either form and no other', () => {
    const settings = { name: 'x', tier: 'medium' } as const;
    // @ts-expect-error a type of the result without a payload
    expect(() => defineQueue({ ...settings, jobs: { a: { result: resultType<number>() } } })).toThrow();
    const checked = { payload: schema<number>(), result: schema<number>() };
    // @ts-expect-error a schema as the result, which nobody would check
    expect(() => defineQueue({ ...settings, jobs: { a: checked } })).toThrow();
  });
});
