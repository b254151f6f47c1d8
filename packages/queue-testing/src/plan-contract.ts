import type { EngineCapability } from '@switchyard/queue-contract';
import { CAPABILITIES, capabilityProbes } from './capability-probes.js';
import type { ContractCase } from './contract-case.js';
import type { DeclaredGaps } from './engine-under-test.js';

/** One test of the suite as it will run. */
export interface PlannedTest {
  readonly title: string;
  readonly run: ContractCase['run'];
  /** Whether it wants an UnsupportedByEngineError. */
  readonly isGap: boolean;
}

export type RoleCases = readonly { readonly role: string; readonly cases: readonly ContractCase[] }[];

export type ContractPlan = readonly { readonly role: string; readonly tests: readonly PlannedTest[] }[];

/**
 * What is run for these gaps. A case that is a gap itself still runs; the cases that need a missing capability make
 * room for one that asks for it. No case goes without its reason in a title.
 */
export function planContract(roles: RoleCases, gaps: DeclaredGaps): ContractPlan {
  const missing = CAPABILITIES.filter((capability) => gaps[capability] !== undefined);
  const lacks = ({ needs = [] }: ContractCase) => needs.some((need) => missing.includes(need));
  const planned = roles.map(({ role, cases }) => ({
    role,
    tests: cases
      .filter((contractCase) => !lacks(contractCase))
      .map((each) => planCase(each, gaps[each.title])),
  }));
  if (missing.length === 0) return planned;
  const all = roles.flatMap(({ cases }) => cases);
  const probes = missing.map((capability) => planProbe(capability, gaps[capability], all));
  return [...planned.filter(({ tests }) => tests.length > 0), { role: 'declared gaps', tests: probes }];
}

/** Gaps that no capability and no case of the suite is called by, or that give no reason. */
export function misdeclaredGaps(roles: RoleCases, gaps: DeclaredGaps): readonly string[] {
  const known = new Set<string>(CAPABILITIES);
  for (const { cases } of roles) for (const { title } of cases) known.add(title);
  return Object.keys(gaps).filter((gap) => !known.has(gap) || !gaps[gap]?.trim());
}

function planCase({ title, run }: ContractCase, reason: string | undefined): PlannedTest {
  if (reason === undefined) return { title, run, isGap: false };
  return { title: `${title} — declared gap, refused with a typed error: ${reason}`, run, isGap: true };
}

function planProbe(
  capability: EngineCapability,
  reason: string | undefined,
  all: readonly ContractCase[],
): PlannedTest {
  const count = all.filter(({ needs = [] }) => needs.includes(capability)).length;
  return {
    title: `${capability} (in place of ${count} cases), refused with a typed error: ${reason}`,
    async run(context) {
      await capabilityProbes[capability](context);
    },
    isGap: true,
  };
}
