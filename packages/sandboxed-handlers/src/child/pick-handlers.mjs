/**
 * @typedef {(job: import('@switchyard/queue-contract').RunningJob) => unknown} Handler
 *
 * @typedef {object} PickedHandlers
 * @property {ReadonlyMap<string, Handler>} handlers
 * @property {(() => unknown) | undefined} close
 */

/**
 * Finds a handler for each declared name in what a file exports: an object `handlers`, or as the default export an
 * object of handlers or one function for all names. ES modules, CommonJS, and TypeScript compiled to CommonJS.
 *
 * @param {Record<string, unknown>} module
 * @param {readonly string[]} names
 * @returns {PickedHandlers}
 * @throws {TypeError} that says what is missing
 */
export function pickHandlers(module, names) {
  const exported = /** @type {any} */ (module['default']);
  const found = [module['handlers'], exported?.handlers, exported?.default, exported].find(
    (candidate) => candidate !== undefined && candidate !== null,
  );
  const handlers =
    typeof found === 'function' ? Object.fromEntries(names.map((name) => [name, found])) : found;
  if (typeof handlers !== 'object') {
    throw new TypeError(
      'it exports neither an object "handlers", nor an object or a function as its default',
    );
  }
  const missing = names.filter((name) => handlers[name] === undefined);
  if (missing.length > 0) {
    const has = Object.keys(handlers).join(', ') || 'none';
    throw new TypeError(`it has no handler for ${missing.join(', ')}; it has: ${has}`);
  }
  for (const name of names) {
    if (typeof handlers[name] !== 'function') {
      throw new TypeError(`its handler for ${name} is no function but of type ${typeof handlers[name]}`);
    }
  }
  const close = names.includes('close') ? undefined : (module['close'] ?? exported?.close);
  return {
    handlers: new Map(names.map((name) => [name, handlers[name]])),
    close: typeof close === 'function' ? close : undefined,
  };
}
