import type { WhenUnavailable } from './policy.js';

/** Only who says to be developing or testing lets through what nobody counted: a forgotten setting does not. */
export function defaultWhenUnavailable(nodeEnv: string | undefined): WhenUnavailable {
  return nodeEnv === 'development' || nodeEnv === 'test' ? 'allow' : 'reject';
}
