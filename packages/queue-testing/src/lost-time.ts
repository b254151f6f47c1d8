/** How long this process did not get to run, because its machine was busy or stood still. */
export interface LostTime {
  /** In ms, since the watch began; gaps of less than 50 ms are not counted. */
  lostMs(): number;
  stop(): void;
}

const TICK_MS = 10;
const LEAST_GAP_MS = 50;

export function watchLostTime(): LostTime {
  let lost = 0;
  let lastMs = performance.now();
  const look = () => {
    const nowMs = performance.now();
    const gapMs = nowMs - lastMs - TICK_MS;
    lastMs = nowMs;
    if (gapMs >= LEAST_GAP_MS) lost += gapMs;
  };
  const ticking = setInterval(look, TICK_MS).unref();
  return {
    lostMs() {
      look();
      return lost;
    },
    stop: () => clearInterval(ticking),
  };
}
