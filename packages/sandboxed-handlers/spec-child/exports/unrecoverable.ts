import { UnrecoverableJobError, type JobHandlers } from '@switchyard/queue-contract';

class BannedError extends UnrecoverableJobError {
  readonly user = 'u1';
}

export const handlers: JobHandlers = {
  work: () => {
    throw new BannedError('banned');
  },
  other: () => 'other',
};
