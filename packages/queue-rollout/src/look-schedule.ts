import { coalesced } from './coalesced.js';

/** When looks are taken: when somebody asks for one, and otherwise so long after the last as `nextInMs` says. */
export interface LookSchedule {
  /** Whether it was started and not stopped. */
  readonly areOn: boolean;
  /** How many looks have begun. */
  readonly begun: number;
  /** Takes the first, which waits for whatever it needs. */
  start(): Promise<void>;
  /** Asks for one as soon as none is under way. */
  request(): void;
  /** Asks for one within so many ms, unless one is due by then. */
  requestWithin(ms: number): void;
  stop(): void;
}

export interface LookScheduleContext {
  /** @param look its number, from 1 */
  readonly take: (look: number, limitMs: number) => Promise<void>;
  /** Ms from the end of a look to the next that nobody asks for. */
  readonly nextInMs: () => number;
}

/** How long a look waits for an engine, or a queue, in ms. */
const ANSWER_LIMIT_MS = 1000;

export function createLookSchedule({ take, nextInMs }: LookScheduleContext): LookSchedule {
  let areOn = false;
  let begun = 0;
  /** Whether one was asked for that has not begun. */
  let isWanted = false;
  let timer: NodeJS.Timeout | undefined;
  let timerAtMs = Infinity;

  const lookUpTo = async (limitMs: number): Promise<void> => {
    isWanted = false;
    begun += 1;
    await take(begun, limitMs);
    if (areOn && !isWanted) lookIn(nextInMs());
  };
  const look = coalesced(() => lookUpTo(ANSWER_LIMIT_MS));

  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    timerAtMs = performance.now() + ms;
    timer = setTimeout(request, ms);
  };
  const request = (): void => {
    if (!areOn) return;
    clearTimeout(timer);
    timerAtMs = Infinity;
    isWanted = true;
    void look();
  };

  return {
    get areOn() {
      return areOn;
    },
    get begun() {
      return begun;
    },
    start() {
      areOn = true;
      return lookUpTo(Infinity);
    },
    request,
    requestWithin(ms) {
      if (areOn && timerAtMs - performance.now() > ms) lookIn(ms);
    },
    stop() {
      areOn = false;
      clearTimeout(timer);
    },
  };
}
