export interface Check {
  readonly name: string;
  readonly ok: boolean;
}

/** What has to hold, in the order in which it was looked at. */
export interface Checks {
  readonly all: readonly Check[];
  /** @returns `ok` */
  add(name: string, ok: boolean): boolean;
}

export function createChecks(): Checks {
  const all: Check[] = [];
  return {
    all,
    add(name, ok) {
      all.push({ name, ok });
      return ok;
    },
  };
}
