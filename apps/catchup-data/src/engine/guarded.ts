/** Runs something of the database's: lets it begin or not, and shows its errors as those of this package. */
export type Guard = <Result>(run: () => Promise<Result>) => Promise<Result>;

type Method = (...parameters: never[]) => Promise<unknown>;

/** The same object, each of its methods behind the guard. */
export function guarded<Role extends object>(role: Role, guard: Guard): Role {
  const methods = Object.entries(role).map(([name, method]) => [
    name,
    (...parameters: never[]) => guard(() => (method as Method)(...parameters)),
  ]);
  return Object.freeze(Object.fromEntries(methods)) as Role;
}
