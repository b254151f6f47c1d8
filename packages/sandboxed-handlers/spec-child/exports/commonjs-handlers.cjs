exports.handlers = { work: () => 'work', other: () => 'other' };
