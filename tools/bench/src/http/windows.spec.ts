import { mostInOneWindow, msUntilWindowShare } from './windows.js';

const at = (startedAtMs: number, endedAtMs = startedAtMs + 1) => ({ startedAtMs, endedAtMs });

describe('mostInOneWindow', () => {
  it('finds the fullest window, wherever it begins', () => {
    expect(mostInOneWindow([], 100)).toBe(0);
    expect(mostInOneWindow([at(0), at(90), at(95), at(110), at(180), at(300)], 100)).toBe(4);
  });

  it('counts only what was decided within the window for sure', () => {
    expect(mostInOneWindow([at(0), at(50), at(99, 100)], 100)).toBe(2);
    expect(mostInOneWindow([at(0, 150), at(10), at(60)], 100)).toBe(2);
  });

  it('needs no order', () => {
    expect(mostInOneWindow([at(180), at(0), at(110), at(95), at(90)], 100)).toBe(4);
  });
});

describe('msUntilWindowShare', () => {
  it.each([
    [800, 300],
    [1_099, 1],
    [1_100, 400],
    [1_199, 301],
  ])('at %d of windows of 400 is %d for three quarters', (nowMs, expectedMs) => {
    expect(msUntilWindowShare(nowMs, 400, 0.75)).toBe(expectedMs);
  });
});
