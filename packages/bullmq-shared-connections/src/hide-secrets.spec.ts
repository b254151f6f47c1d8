import { inspect } from 'node:util';
import { hideSecrets } from './hide-secrets.js';

const refused = (name: string, ...args: string[]) =>
  Object.assign(new Error('WRONGPASS'), { command: { name, args } });

describe('hideSecrets', () => {
  it.each(['auth', 'AUTH', 'hello'])('takes the arguments of a refused %s out of the error', (name) => {
    const error = refused(name, 'me', 'hunter2');
    expect(hideSecrets(error)).toBe(error);
    expect(inspect(error)).not.toContain('hunter2');
    expect(error.message).toBe('WRONGPASS');
    expect(error.command.name).toBe(name);
  });

  it('looks at the reasons of an error, too', () => {
    const all = Object.assign(new Error('Failed to refresh slots cache.'), {
      lastNodeError: refused('auth', 'hunter2'),
    });
    const error = new Error('unavailable', { cause: all });
    expect(inspect(hideSecrets(error), { depth: 9 })).not.toContain('hunter2');
  });

  it('looks at each of several errors in one', () => {
    const error = new AggregateError([new Error('first'), refused('auth', 'hunter2')], 'none answered', {
      cause: refused('hello', '3', 'hunter2'),
    });
    expect(inspect(hideSecrets(error), { depth: 9 })).not.toContain('hunter2');
  });

  it('comes to an end where reasons lead back', () => {
    const error = new Error('outer', { cause: refused('auth', 'hunter2') });
    (error.cause as Error).cause = error;
    expect(inspect(hideSecrets(error), { depth: 9 })).not.toContain('hunter2');
  });

  it('leaves everything else alone', () => {
    const error = refused('set', 'key', 'value');
    expect(hideSecrets(error).command.args).toEqual(['key', 'value']);
    for (const other of [undefined, null, 'text', new Error('plain')]) expect(hideSecrets(other)).toBe(other);
  });
});
