import fc from 'fast-check';
import { existingKeys } from './existing-keys.js';

async function ask(keys: string[], existing: Set<string>) {
  let questions = 0;
  const found = await existingKeys(keys, async (part) => {
    questions += 1;
    return part.filter((key) => existing.has(key)).length;
  });
  return { found, questions };
}

describe('existing keys', () => {
  it('needs one question when there is none, and no more when all exist', async () => {
    const keys = Array.from({ length: 44 }, (_, index) => `key${index}`);
    expect(await ask(keys, new Set())).toEqual({ found: new Set(), questions: 1 });
    expect(await ask(keys, new Set(keys))).toEqual({ found: new Set(keys), questions: 1 });
    expect(await ask([], new Set(keys))).toEqual({ found: new Set(), questions: 0 });
  });

  it('finds one of 44 with at most 7 questions', async () => {
    const keys = Array.from({ length: 44 }, (_, index) => `key${index}`);
    for (const key of keys) {
      const { found, questions } = await ask(keys, new Set([key]));
      expect(found).toEqual(new Set([key]));
      expect(questions).toBeLessThanOrEqual(7);
    }
  });

  it('finds exactly those that exist, with fewer questions than keys, plus one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 60 }), async (exists) => {
        const keys = exists.map((_, index) => `key${index}`);
        const existing = new Set(keys.filter((_, index) => exists[index]));
        const { found, questions } = await ask(keys, existing);
        expect(found).toEqual(existing);
        expect(questions).toBeLessThanOrEqual(Math.max(keys.length, 1));
      }),
    );
  });
});
