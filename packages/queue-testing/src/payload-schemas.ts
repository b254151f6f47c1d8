import type { SchemaResult, StandardSchema } from '@switchyard/queue-contract';

function schema<Input, Output = Input>(
  validate: (value: unknown) => SchemaResult<Output>,
): StandardSchema<Input, Output> {
  return { '~standard': { version: 1, vendor: 'switchyard-queue-testing', validate } };
}

/** Takes whatever comes. */
export const anything: StandardSchema<unknown> = schema((value) => ({ value }));

/** `{ count }` with a number in it. */
export const counted: StandardSchema<{ readonly count: number }> = schema<{ readonly count: number }>(
  (value) => {
    const count = (value as { count?: unknown } | null)?.count;
    if (typeof count === 'number') return { value: { count } };
    return { issues: [{ message: 'expected number', path: ['count'] }] };
  },
);

interface Recipient {
  readonly to: string;
  readonly channel: string;
}

/** `{ to }`, to which the schema adds a `channel`. */
export const withDefault = schema<{ readonly to: string; readonly channel?: string }, Recipient>((value) => {
  const { to, channel = 'sms' } = value as { to?: unknown; channel?: string };
  if (typeof to === 'string') return { value: { to, channel } };
  return { issues: [{ message: 'expected string', path: ['to'] }] };
});
