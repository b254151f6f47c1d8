import { countConnections, parseClientList } from './client-list.js';

const LIST = [
  'id=3 addr=127.0.0.1:50001 laddr=127.0.0.1:6379 fd=8 name=worker age=12 idle=4 flags=b db=0 sub=0 multi=-1 cmd=bzpopmin user=default resp=2',
  'id=4 addr=127.0.0.1:50002 laddr=127.0.0.1:6379 fd=9 name= age=1 idle=0 flags=N db=0 sub=0 multi=-1 cmd=evalsha user=default lib-name=a=b',
  'id=9 addr=127.0.0.1:50003 laddr=127.0.0.1:6379 fd=7 name=watch age=0 idle=0 flags=N db=0 sub=0 multi=-1 cmd=client|list user=default',
  '',
].join('\n');

describe('parseClientList', () => {
  it('reads a line into an entry', () => {
    expect(parseClientList(LIST)[0]).toMatchObject({
      id: 3,
      addr: '127.0.0.1:50001',
      name: 'worker',
      cmd: 'bzpopmin',
      ageSeconds: 12,
      idleSeconds: 4,
      flags: 'b',
    });
  });

  it('keeps an empty name and a value that contains an equals sign', () => {
    const [, entry] = parseClientList(LIST);
    expect(entry?.name).toBe('');
    expect(entry?.fields['lib-name']).toBe('a=b');
  });

  it('reads an empty list', () => {
    expect(parseClientList('')).toEqual([]);
  });
});

describe('countConnections', () => {
  it('leaves out the connection that is asking', () => {
    expect(countConnections(parseClientList(LIST))).toBe(2);
  });

  it('leaves out the connection named, and no other', () => {
    expect(countConnections(parseClientList(LIST), 4)).toBe(2);
    expect(countConnections(parseClientList(LIST), 77)).toBe(3);
  });

  it('leaves out one only when two are asking', () => {
    const twice = `${LIST}id=10 addr=127.0.0.1:50004 name= age=0 idle=0 flags=N cmd=client|list\n`;
    expect(countConnections(parseClientList(twice))).toBe(3);
  });
});
