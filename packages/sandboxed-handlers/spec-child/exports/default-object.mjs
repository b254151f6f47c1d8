export default { work: () => 'work', other: () => 'other' };
