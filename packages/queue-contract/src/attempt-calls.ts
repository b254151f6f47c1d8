import type { RunningJob } from './job-consumer.js';

/** What a handler tells the store. */
export type AttemptCalls = Pick<RunningJob, 'updateProgress' | 'log' | 'updateData'>;

/**
 * The calls of one attempt, refused once it has ended: the job may be in other hands by then.
 *
 * @param checkData rejects for a payload that is not to be stored
 * @param endOf why the attempt has ended, if it has
 */
export function createAttemptCalls(
  calls: AttemptCalls,
  checkData: (data: unknown) => Promise<unknown>,
  endOf: () => { readonly reason: unknown } | undefined,
): AttemptCalls {
  const checkEnd = () => {
    const end = endOf();
    if (end) throw end.reason;
  };
  const whileItLasts =
    <A>(call: (argument: A) => Promise<void>) =>
    (argument: A): Promise<void> => {
      const made = async () => {
        checkEnd();
        await call(argument);
      };
      const answer = new Promise<void>((resolve, reject) => {
        made().then(resolve, (error: unknown) => {
          // A handler that goes on may have nobody to wait for it, which must not end the process.
          if (endOf()) answer.catch(() => {});
          reject(error);
        });
      });
      return answer;
    };
  return {
    updateProgress: whileItLasts(calls.updateProgress),
    log: whileItLasts(calls.log),
    updateData: whileItLasts(async (data) => {
      await checkData(data);
      checkEnd();
      await calls.updateData(data);
    }),
  };
}
