export const handlers = { work: () => 'work', misspelt: () => 'other' };
