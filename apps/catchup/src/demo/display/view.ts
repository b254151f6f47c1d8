/** Where a queue stands, as the viewer is told. */
export type Track = 'bull' | 'to-bullmq' | 'bullmq' | 'to-bull';

export interface QueueView {
  readonly name: string;
  readonly track: Track;
  readonly paused: boolean;
  readonly backlog: number;
  readonly done: number;
  readonly failed: number;
}

/** All that the live display shows at one moment. */
export interface View {
  readonly elapsedMs: number;
  /** What is going on, in one sentence. */
  readonly step: string;
  readonly queues: readonly QueueView[];
  /** Of the app, without the display's own. `null` while nobody looks. */
  readonly connections: number | null;
  /** Of the app as it was, once that has been measured. */
  readonly connectionsBefore: number | null;
  /** Commands of everybody but the display, at the pace of the last seconds. `null` while nobody looks. */
  readonly billedPerMinute: number | null;
  /** Seconds left of a wait whose end is known. */
  readonly secondsLeft: number | null;
}
