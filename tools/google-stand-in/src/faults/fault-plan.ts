import { InvalidStandInOptionError } from '../errors.js';
import { createRandom } from '../random.js';
import { FAULT_KINDS, type FaultKind, type FaultRule, type FaultTarget } from './fault-rule.js';

const MORTAL: Partial<Record<FaultKind, keyof FaultTarget['carries']>> = {
  'access-token-dies': 'access',
  'page-token-expires': 'page',
  'sync-token-expires': 'sync',
};

const PUSH_KINDS: readonly FaultKind[] = ['silent-push', 'repeated-push'];

export interface FaultPlan {
  /** Takes the place of all rules before. */
  set(rules: readonly FaultRule[]): void;
  add(rule: FaultRule): void;
  /** The first rule, in their order, that strikes this request. Each rule counts the requests that reach it. */
  strike(target: FaultTarget): FaultRule | undefined;
  /** How often each rule has struck. */
  hits(): readonly { readonly rule: FaultRule; readonly hits: number }[];
}

export function createFaultPlan(seed: number): FaultPlan {
  const random = createRandom(seed, 'faults');
  let rules: { readonly rule: FaultRule; seen: number; hits: number }[] = [];
  const start = (rule: FaultRule) => ({ rule: checkRule(rule), seen: 0, hits: 0 });

  return {
    set(next) {
      rules = next.map(start);
    },
    add(rule) {
      rules.push(start(rule));
    },
    strike(target) {
      for (const one of rules) {
        const { skip = 0, times = Number.POSITIVE_INFINITY, share = 1 } = one.rule;
        if (!isAimedAt(one.rule, target)) continue;
        one.seen += 1;
        if (one.seen <= skip || one.hits >= times || !random.chance(share)) continue;
        one.hits += 1;
        return one.rule;
      }
      return undefined;
    },
    hits: () => rules.map(({ rule, hits }) => ({ rule, hits })),
  };
}

function isAimedAt(rule: FaultRule, target: FaultTarget): boolean {
  const { user, operation, calendarId, page } = rule;
  if (PUSH_KINDS.includes(rule.kind) !== (target.operation === 'push')) return false;
  if (user !== undefined && user !== target.userId && user !== target.email) return false;
  if (calendarId !== undefined && calendarId !== target.calendarId) return false;
  if (page !== undefined && (page === 'later') !== target.carries.page) return false;
  // A token can only die where there is one: a rule waits for such a request.
  const mortal = MORTAL[rule.kind];
  if (mortal !== undefined && !target.carries[mortal]) return false;
  if (operation === undefined) return true;
  return operation.endsWith('.*')
    ? target.operation.startsWith(operation.slice(0, -1))
    : operation === target.operation;
}

function checkRule(rule: FaultRule): FaultRule {
  if (!FAULT_KINDS.includes(rule.kind))
    throw new InvalidStandInOptionError('faults[].kind', rule.kind, FAULT_KINDS.join(', '));
  const check = (
    name: 'skip' | 'times' | 'share' | 'retryAfterSeconds' | 'delayMs' | 'status',
    min: number,
    max: number,
  ): void => {
    const value = rule[name];
    if (value !== undefined && !(value >= min && value <= max))
      throw new InvalidStandInOptionError(`faults[].${name}`, value, `${min} to ${max}`);
  };
  check('skip', 0, Number.MAX_SAFE_INTEGER);
  check('times', 0, Number.POSITIVE_INFINITY);
  check('share', 0, 1);
  check('retryAfterSeconds', 0, 86_400);
  check('delayMs', 0, 600_000);
  check('status', 200, 599);
  return rule;
}
