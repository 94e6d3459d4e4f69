/** Which migrations a database still needs. Pure. */
import { KissError } from "../shared/errors.ts";

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** As the database remembers it. */
export type AppliedMigration = Omit<Migration, "sql">;

/** In the order they are to run; empty: nothing is missing. @throws KissError database-newer, database-changed */
export function planMigration(
  applied: readonly AppliedMigration[],
  known: readonly Migration[],
): readonly Migration[] {
  for (const row of applied) {
    const same = known.find((one) => one.number === row.number);
    if (!same) throw new KissError("database-newer", `it has ${row.name}, which this version does not know`);
    if (same.checksum !== row.checksum) throw new KissError("database-changed", row.name);
  }
  const done = new Set(applied.map(({ number }) => number));
  return known.filter(({ number }) => !done.has(number));
}
