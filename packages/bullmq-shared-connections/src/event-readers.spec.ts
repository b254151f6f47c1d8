import { EventReaders, isAfter, type StreamEntries } from './event-readers.js';

const ENTRY = (id: string): [string, string[]] => [id, ['event', 'added']];

async function settle(promise: Promise<StreamEntries | null>) {
  return Promise.race([promise, new Promise<'pending'>((resolve) => setImmediate(() => resolve('pending')))]);
}

describe('event readers', () => {
  it('compares ids as numbers, however long', () => {
    expect(isAfter('10-0', '9-99')).toBe(true);
    expect(isAfter('5-10', '5-9')).toBe(true);
    expect(isAfter('5-9', '5-9')).toBe(false);
    expect(isAfter('5', '5-1')).toBe(false);
    expect(isAfter('18446744073709551615-1', '18446744073709551614-2')).toBe(true);
  });

  it('reads each stream from the lowest id somebody wants', () => {
    const readers = new EventReaders();
    void readers.wait({}, 'a', '7-0');
    void readers.wait({}, 'a', '5-2');
    void readers.wait({}, 'b', '1-0');
    expect([...readers.positions()]).toEqual([
      ['a', '5-2'],
      ['b', '1-0'],
    ]);
    expect(readers.covers(readers.positions(), 'a', '6-0')).toBe(true);
    expect(readers.covers(readers.positions(), 'a', '5-1')).toBe(false);
    expect(readers.covers(readers.positions(), 'c', '0-0')).toBe(false);
  });

  it('gives each reader what is new to it', async () => {
    const readers = new EventReaders();
    const behind = readers.wait({}, 'a', '1-0');
    const ahead = readers.wait({}, 'a', '2-0');
    readers.deliver('a', [ENTRY('2-0')]);
    expect(await settle(behind)).toEqual([['a', [ENTRY('2-0')]]]);
    expect(await settle(ahead)).toBe('pending');
    readers.deliver('a', [ENTRY('2-0'), ENTRY('3-0')]);
    expect(await settle(ahead)).toEqual([['a', [ENTRY('3-0')]]]);
    expect(readers.positions().size).toBe(0);
  });

  it('asks for the end of the stream once, and again when that failed', async () => {
    const readers = new EventReaders();
    const reader = {};
    await expect(readers.enter(reader, '$', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    let asked = 0;
    const end = async () => `${(asked += 1)}-0`;
    expect(await readers.enter(reader, '$', end)).toBe('1-0');
    expect(await readers.enter(reader, '$', end)).toBe('1-0');
    expect(await readers.enter(reader, '8-0', end)).toBe('8-0');
    expect(asked).toBe(1);
  });

  it('lets go of a reader that leaves, also while its place is being found', async () => {
    const readers = new EventReaders();
    const reader = {};
    const waiting = readers.wait(reader, 'a', '1-0');
    readers.leave(reader);
    expect(await waiting).toBeNull();
    expect(readers.size).toBe(0);
    expect(await readers.enter(reader, '1-0', async () => '0-0')).toBeUndefined();

    const other = {};
    let found: (id: string) => void = () => undefined;
    const entering = readers.enter(other, '$', () => new Promise((resolve) => (found = resolve)));
    readers.leave(other);
    found('4-0');
    expect(await entering).toBeUndefined();
    await readers.hasPlace(other);
  });
});
