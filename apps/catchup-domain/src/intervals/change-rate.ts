/** One look at somebody's data: how long after the look before it, and whether anything had changed since. */
export interface Poll {
  /** Seconds since the poll before it; above 0. */
  readonly afterSeconds: number;
  readonly foundChanges: boolean;
}

/** What is believed before the first poll: a change was as likely as not in this time. */
export interface ChangeRatePrior {
  readonly intervalSeconds: number;
}

/**
 * How often data changes, in changes a second, told from polls that say only *whether* something changed since the
 * last. Counting the polls that found something would tell too little: many changes between two polls look like one.
 *
 * Changes are taken for a Poisson process, so a poll after `t` seconds finds one with probability `1 − e^(−λt)`. The
 * answer is the λ of maximum likelihood for polls at irregular distances (J. Cho, H. Garcia-Molina, "Estimating
 * Frequency of Change", ACM TOIT 3(3), 2003, section 5), with half a poll that found something and half a poll that
 * found nothing added at the prior's interval: without these, a history of one kind has no finite answer above 0.
 * At regular distances that is their bias-reduced estimator.
 */
export function estimateChangeRate(polls: readonly Poll[], prior: ChangeRatePrior): number {
  const observed = [
    { afterSeconds: prior.intervalSeconds, foundChanges: true, weight: 0.5 },
    { afterSeconds: prior.intervalSeconds, foundChanges: false, weight: 0.5 },
    ...polls.map((poll) => ({ ...poll, weight: 1 })),
  ];
  const times = observed.map(({ afterSeconds }) => afterSeconds);
  // The slope of the log-likelihood falls with λ and is 0 between these: below the lower one even the longest poll
  // makes it positive, above the upper one even the shortest makes it negative.
  const total = observed.length;
  let lower = Math.log(1 / (2 * total * Math.max(...times)));
  let upper = Math.log(Math.log(2 + 2 * total) / Math.min(...times));
  for (let step = 0; step < 100; step++) {
    const middle = (lower + upper) / 2;
    if (slope(Math.exp(middle), observed) > 0) lower = middle;
    else upper = middle;
  }
  return Math.exp((lower + upper) / 2);
}

function slope(rate: number, polls: readonly (Poll & { readonly weight: number })[]): number {
  return polls.reduce(
    (sum, { afterSeconds, foundChanges, weight }) =>
      sum + weight * (foundChanges ? afterSeconds / Math.expm1(rate * afterSeconds) : -afterSeconds),
    0,
  );
}
