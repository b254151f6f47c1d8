// As TypeScript and Babel write a default export.
Object.defineProperty(exports, '__esModule', { value: true });
exports.default = { work: () => 'work', other: () => 'other' };
