import type { ReportError } from '@switchyard/queue-contract';

/** Tells of errors as a process warning. */
export const warn: ReportError = (error, { engine, queue }) => {
  process.emitWarning(error.message, {
    type: 'SwitchyardWarning',
    detail: `engine ${engine}, queue ${queue ?? '-'}`,
  });
};

/** The same reporter, which never throws: it is told of what goes wrong where nobody would catch what it throws. */
export function neverThrowing(report: ReportError): ReportError {
  return (error, context) => {
    try {
      report(error, context);
    } catch (problem) {
      warn(problem as Error, context);
    }
  };
}
