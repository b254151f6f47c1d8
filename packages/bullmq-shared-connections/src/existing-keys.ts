/**
 * Which of the keys exist, asked with as few `EXISTS` as the answers allow: one when none does.
 *
 * Each question is one billed command whatever the number of keys, and its answer is a number. So a half is
 * asked, and what the other half has is the difference. Keys that appear meanwhile may be missed or a
 * vanished one reported.
 */
export async function existingKeys(
  keys: readonly string[],
  countExisting: (keys: readonly string[]) => Promise<number>,
): Promise<Set<string>> {
  const found = new Set<string>();

  const narrow = async (part: readonly string[], count: number): Promise<void> => {
    if (count <= 0) return;
    if (count >= part.length) {
      for (const key of part) found.add(key);
      return;
    }
    const half = Math.ceil(part.length / 2);
    const left = part.slice(0, half);
    const leftCount = await countExisting(left);
    await Promise.all([narrow(left, leftCount), narrow(part.slice(half), count - leftCount)]);
  };

  if (keys.length > 0) await narrow(keys, await countExisting(keys));
  return found;
}
