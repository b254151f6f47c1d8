import type { SchemaInput, SchemaOutput, StandardSchema } from './standard-schema.js';

/** What handlers of a job answer, known to the compiler only. Made by {@link resultType}. */
export interface ResultType<Result = unknown> {
  readonly '~result': { readonly types?: { readonly result: Result } };
}

/**
 * Declares what a job's handler answers. The compiler holds the handler and those who wait for its end to it; **at
 * run time nothing is checked**, and a result travels as JSON: a `Date` declared here arrives as a string.
 */
export function resultType<Result>(): ResultType<Result> {
  return { '~result': {} };
}

/** One job of a queue: the schema of its payload, and the type of its result where that is more than `unknown`. */
export type JobDeclaration =
  StandardSchema | { readonly payload: StandardSchema; readonly result: ResultType };

/** The schema in either form of a declaration. */
export type PayloadSchema<D extends JobDeclaration> = D extends StandardSchema
  ? D
  : D extends { readonly payload: infer P extends StandardSchema }
    ? P
    : never;

export type DeclaredInput<D extends JobDeclaration> = SchemaInput<PayloadSchema<D>>;
export type DeclaredOutput<D extends JobDeclaration> = SchemaOutput<PayloadSchema<D>>;
export type DeclaredResult<D extends JobDeclaration> = D extends {
  readonly result: ResultType<infer Result>;
}
  ? Result
  : unknown;

export function payloadSchema(declaration: JobDeclaration): StandardSchema {
  return '~standard' in declaration ? declaration : declaration.payload;
}

/** What is wrong with a declaration, `null` when it is good. */
export function declarationProblem(declaration: JobDeclaration | null | undefined): string | null {
  // Some schema libraries make their schemas functions.
  const isHolder = typeof declaration === 'object' || typeof declaration === 'function';
  if (!isHolder || declaration === null) return 'a Standard Schema, or { payload, result }';
  if (typeof payloadSchema(declaration)?.['~standard']?.validate !== 'function') {
    return 'a Standard Schema, or one as { payload }';
  }
  if ('~standard' in declaration || typeof declaration.result?.['~result'] === 'object') return null;
  return 'a Standard Schema, or { payload, result } with resultType<…>() as its result';
}
