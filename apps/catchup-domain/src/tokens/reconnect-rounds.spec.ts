import { dueRound } from '../notifications/reminder-rounds.js';
import { reconnectRounds } from './reconnect-rounds.js';

const at = (text: string) => new Date(text);

describe('asking to reconnect', () => {
  const broken = at('2026-03-01T22:30:00Z');
  const rounds = reconnectRounds(broken, 'Europe/Berlin');

  it('waits for the end of the quiet hours where the user is', () => {
    expect(rounds[0]?.dueAt).toEqual(at('2026-03-02T07:00:00Z'));
    expect(reconnectRounds(broken, 'America/New_York')[0]?.dueAt).toEqual(broken);
  });

  it('happens at growing distances, five times', () => {
    expect(rounds.map(({ dueAt }) => dueAt.toISOString().slice(5, 10))).toEqual([
      '03-02',
      '03-03',
      '03-05',
      '03-09',
      '03-16',
    ]);
  });

  it('is not made up for: only the last round due counts', () => {
    expect(dueRound(rounds, broken)).toBeUndefined();
    expect(dueRound(rounds, at('2026-03-02T07:00:00Z'))?.round).toBe(1);
    expect(dueRound(rounds, at('2026-03-10T00:00:00Z'))?.round).toBe(4);
    expect(dueRound(rounds, at('2027-01-01T00:00:00Z'))?.round).toBe(5);
  });
});
