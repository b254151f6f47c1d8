import type { StandardSchema } from '@switchyard/queue-contract';

/** A schema that takes every payload as it is. */
export const anything: StandardSchema = {
  '~standard': { version: 1, vendor: 'spec', validate: (value) => ({ value }) },
};
