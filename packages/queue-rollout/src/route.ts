import { createHash } from 'node:crypto';

/** Which of the two engines of a rollout. */
export type Side = 'legacy' | 'target';

export function otherSide(side: Side): Side {
  return side === 'legacy' ? 'target' : 'legacy';
}

/**
 * Where an add goes. The same key always goes the same way under the same share, in every process, and raising the
 * share never moves a key back to legacy. The first 32 bits of SHA-256 over queue and key make the point on the
 * scale; the queue is part of it so that the same users are not the canaries of every queue.
 *
 * @param targetShare percent, 0 to 100
 */
export function route(queue: string, routingKey: string, targetShare: number): Side {
  if (targetShare <= 0) return 'legacy';
  if (targetShare >= 100) return 'target';
  const digest = createHash('sha256').update(`${queue}\0${routingKey}`).digest();
  return (digest.readUInt32BE(0) / 2 ** 32) * 100 < targetShare ? 'target' : 'legacy';
}

/** Where things go that cannot be shared out: schedules, and the answer to "is it paused". */
export function homeSide(targetShare: number): Side {
  return targetShare >= 100 ? 'target' : 'legacy';
}
