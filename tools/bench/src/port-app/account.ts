import type { AppNote, Run } from './app-operations.js';

/** A time in which the network or the server was at fault, in Unix ms. */
export interface Disturbance {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface AccountSummary {
  /** Jobs whose add was answered. */
  readonly added: number;
  /** Jobs whose add was refused; they may have run or not. */
  readonly refused: number;
  /** Jobs that ran though their add was refused. */
  readonly ranThoughRefused: number;
  /** Answered adds that no handler ever succeeded for. */
  readonly lost: number;
  /** Jobs whose handler succeeded more than once without a disturbance that explains it. */
  readonly doubled: number;
  /** Jobs whose handler succeeded more than once, the first time in the course of a disturbance longer than a lock. */
  readonly reruns: number;
}

/** Who was added and who ran, by id. */
export class Account {
  readonly #added = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #firstRuns = new Map<string, Run>();
  readonly #again: Run[] = [];
  #missing = 0;

  note(note: Extract<AppNote, { type: 'account' }>): void {
    for (const id of note.added) {
      if (this.#added.has(id)) continue;
      this.#added.add(id);
      if (!this.#firstRuns.has(id)) this.#missing += 1;
    }
    for (const id of note.refused) this.#refused.add(id);
    for (const run of note.runs) {
      if (this.#firstRuns.has(run.id)) this.#again.push(run);
      else {
        this.#firstRuns.set(run.id, run);
        if (this.#added.has(run.id)) this.#missing -= 1;
      }
    }
  }

  /** Answered adds that have not run yet. */
  get missing(): number {
    return this.#missing;
  }

  get added(): number {
    return this.#added.size;
  }

  missingIds(): string[] {
    return [...this.#added].filter((id) => !this.#firstRuns.has(id));
  }

  /** The second and later successes, each with the first. */
  repeated(): { readonly first: Run; readonly again: Run }[] {
    return this.#again.flatMap((again) => {
      const first = this.#firstRuns.get(again.id);
      return first ? [{ first, again }] : [];
    });
  }

  /**
   * @param lockMs how long a worker may be cut off before its job may run again. A success is lost in a disturbance that
   *   keeps the worker from telling of it for longer than that.
   */
  summary(disturbances: readonly Disturbance[], lockMs: number): AccountSummary {
    const explained = ({ startedAtMs, endedAtMs }: Run) =>
      disturbances.some(
        ({ fromMs, toMs }) => toMs - fromMs >= lockMs && startedAtMs <= toMs && endedAtMs >= fromMs - TELL_MS,
      );
    const doubled = new Set<string>();
    const reruns = new Set<string>();
    for (const { first } of this.repeated()) (explained(first) ? reruns : doubled).add(first.id);
    return {
      added: this.#added.size,
      refused: this.#refused.size,
      ranThoughRefused: [...this.#refused].filter((id) => this.#firstRuns.has(id)).length,
      lost: this.#missing,
      doubled: doubled.size,
      reruns: reruns.size,
    };
  }
}

/** Between a handler's success and the engine's word about it to the server, on a busy machine. */
const TELL_MS = 1000;
