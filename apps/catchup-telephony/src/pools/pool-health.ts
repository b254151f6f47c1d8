/** `degraded`: the last one failed. `down`: so did several in a row. */
export type PoolHealth = 'healthy' | 'degraded' | 'down';

const DOWN_AFTER = 3;

/** @param failuresInARow resources that could not be made or were found broken, since the last one that was fine */
export function healthOf(failuresInARow: number): PoolHealth {
  if (failuresInARow === 0) return 'healthy';
  return failuresInARow < DOWN_AFTER ? 'degraded' : 'down';
}

/** The worst of several; healthy where there is none. */
export function worstHealth(all: readonly PoolHealth[]): PoolHealth {
  return (['down', 'degraded'] as const).find((one) => all.includes(one)) ?? 'healthy';
}
