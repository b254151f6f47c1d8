/** The part of Standard Schema v1 (https://standardschema.dev) that an entry needs: zod, valibot, arktype speak it. */
export interface StandardSchema<Input = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult | Promise<SchemaResult>;
    readonly types?: { readonly input: Input; readonly output: unknown } | undefined;
  };
}

interface SchemaResult {
  readonly issues?: readonly unknown[] | undefined;
}
