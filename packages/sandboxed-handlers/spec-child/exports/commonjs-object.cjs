module.exports = { work: () => 'work', other: () => 'other' };
