export const handlers = { work: () => 'work', other: 'other' };
