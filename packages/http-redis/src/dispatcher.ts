import type { Admission, Circuit } from './circuit.js';
import type { HttpExchange, HttpExchanges } from './http-exchange.js';
import { fault, isAnswered, readAnswers, type Answer, type Fault, type RequestKind } from './rest-answer.js';
import { atEndOfTick } from './tick.js';

/** A call as it goes out, once a try. */
export interface Outgoing {
  /** Its commands as JSON, separated by commas. */
  json: string;
  readonly count: number;
  /** A request of its own: `/multi-exec`. */
  readonly isTransaction: boolean;
  /** Calls that never overtake each other, in the order in which they were made, and itself among them. */
  readonly line: Outgoing[] | null;
  /** A script whose text may have to follow in another request, so that nobody behind it in its line may share this one. */
  readonly mayGoTwice: boolean;
  onSent(): void;
  onEnd(end: readonly Answer[] | Fault): void;
  state: 'idle' | 'ready' | 'in-line' | 'sent';
  request: SentRequest | null;
}

export interface SentRequest {
  readonly members: Outgoing[];
  waiting: number;
  readonly admission: Admission;
  exchange: HttpExchange | null;
}

export interface DispatcherLimits {
  readonly maxCommands: number;
  readonly maxCharacters: number;
  readonly maxRequests: number;
}

export interface Dispatcher {
  /** Lets it go out with the others of this tick. */
  send(call: Outgoing): void;
  /**
   * Takes it back without a call of `onEnd`.
   *
   * @returns whether Redis may have got it
   */
  cancel(call: Outgoing, why: 'timeout' | 'abort'): boolean;
  /** One has left this line for good: those behind it may go out. */
  advance(line: readonly Outgoing[]): void;
}

/**
 * Packs the calls of a tick into requests. "A tick" is all that runs until the queue of microtasks is empty: fifty callers
 * that go on after one answer share the next request, and a call that is alone waits for nobody.
 *
 * While as many requests as may are under way, calls wait and share the next one.
 */
export function createDispatcher(
  exchanges: HttpExchanges,
  circuit: Circuit,
  limits: DispatcherLimits,
): Dispatcher {
  let ready: Outgoing[] = [];
  let isScheduled = false;
  let underWay = 0;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    atEndOfTick(flush);
  }

  function flush(): void {
    isScheduled = false;
    let from = 0;
    while (from < ready.length && underWay < limits.maxRequests) from = sendNext(from);
    ready = from === ready.length ? [] : ready.slice(from);
  }

  /** @returns where the next request begins */
  function sendNext(from: number): number {
    const members: Outgoing[] = [];
    let count = 0;
    let characters = 0;
    let at = from;
    for (; at < ready.length; at += 1) {
      const call = ready[at] as Outgoing;
      if (call.state !== 'ready') continue;
      if (mustWait(call, members)) {
        call.state = 'in-line';
        continue;
      }
      const isFull =
        call.isTransaction ||
        members[0]?.isTransaction ||
        count + call.count > limits.maxCommands ||
        characters + call.json.length > limits.maxCharacters;
      if (isFull && members.length > 0) break;
      call.state = 'sent';
      members.push(call);
      count += call.count;
      characters += call.json.length;
    }
    if (members.length > 0) sendRequest(members, count);
    return at;
  }

  function sendRequest(members: Outgoing[], count: number): void {
    const admission = circuit.admit();
    if (admission === 'refused') {
      for (const call of members) call.state = 'idle';
      for (const call of members) call.onEnd(fault('circuit-open', null, false));
      return;
    }
    const request: SentRequest = { members, waiting: members.length, admission, exchange: null };
    for (const call of members) {
      call.request = request;
      call.onSent();
    }
    underWay += 1;
    const [first] = members as [Outgoing];
    const kind: RequestKind = first.isTransaction ? 'transaction' : count === 1 ? 'command' : 'pipeline';
    const body = bodyOf(members, kind);
    request.exchange = exchanges.post(PATHS[kind], body, (end) => {
      underWay -= 1;
      const answers =
        'isUnsent' in end
          ? fault(end.isUnsent ? 'refused' : 'broken', null, !end.isUnsent, end.systemCode)
          : readAnswers(end, kind, count, Date.now());
      if (isAnswered(answers)) circuit.answered();
      else circuit.failed(admission);
      settle(request, answers);
      if (ready.length > 0) schedule();
    });
  }

  function settle(request: SentRequest, answers: readonly Answer[] | Fault): void {
    const ends: [Outgoing, readonly Answer[] | Fault][] = [];
    let at = 0;
    for (const call of request.members) {
      const mine = 'reason' in answers ? answers : answers.slice(at, at + call.count);
      at += call.count;
      if (call.request !== request) continue;
      call.state = 'idle';
      call.request = null;
      ends.push([call, mine]);
    }
    for (const [call, mine] of ends) call.onEnd(mine);
  }

  return {
    send(call) {
      call.state = 'ready';
      ready.push(call);
      schedule();
    },

    cancel(call, why) {
      const { request } = call;
      call.state = 'idle';
      call.request = null;
      if (request === null) return false;
      const mayBeSent = request.exchange?.mayBeSent() ?? false;
      request.waiting -= 1;
      if (request.waiting === 0) {
        request.exchange?.cancel();
        underWay -= 1;
        if (why === 'timeout') circuit.failed(request.admission);
        else circuit.abandoned(request.admission);
        if (ready.length > 0) schedule();
      }
      return mayBeSent;
    },

    advance(line) {
      for (const next of line) {
        if (next.state !== 'in-line') continue;
        next.state = 'ready';
        ready.push(next);
        schedule();
      }
    },
  };
}

const PATHS: Record<RequestKind, string> = {
  command: '/',
  pipeline: '/pipeline',
  transaction: '/multi-exec',
};

function bodyOf(members: readonly Outgoing[], kind: RequestKind): string {
  if (members.length === 1) {
    const [{ json }] = members as [Outgoing];
    return kind === 'command' ? json : `[${json}]`;
  }
  return `[${members.map(({ json }) => json).join(',')}]`;
}

/** Whoever is before it in its line has to be in the same request and to end with it, since requests overtake each other. */
function mustWait(call: Outgoing, members: readonly Outgoing[]): boolean {
  if (call.line === null) return false;
  for (const before of call.line) {
    if (before === call) return false;
    if (!members.includes(before) || before.mayGoTwice) return true;
  }
  return false;
}
