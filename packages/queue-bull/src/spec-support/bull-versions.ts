import Bull from 'bull';
import Bull3 from 'bull-3';

/** What an app may have written its queues with. */
export const BULL_VERSIONS: readonly {
  readonly version: string;
  readonly Bull: typeof Bull;
  /** Its name for `import`, in a process of its own. */
  readonly module: string;
}[] = [
  { version: 'Bull 4', Bull, module: 'bull' },
  { version: 'Bull 3', Bull: Bull3, module: 'bull-3' },
];
