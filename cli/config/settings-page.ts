/** What `settings log` and `settings diff` show. Pure. */
import type { Revision } from "../../db/settings.ts";
import type { ModuleSchemas } from "../../shared/config/check-module.ts";
import { describeValue, nameSetting } from "../../shared/config/plan-setting.ts";
import { safeText } from "../safe-text.ts";

export function describeRevision(one: Revision, schemas: ModuleSchemas): string {
  const when = new Date(one.at).toISOString().slice(0, 19).replace("T", " ");
  const why = one.undoes === undefined ? "" : ` (takes back ${one.undoes})`;
  const change = describeChange(one.key, one.before, one.after, schemas);
  return `${String(one.revision).padStart(5)}  ${when} UTC  ${one.channel}  ${safeText(one.person)} by ${one.via}${why}\n       ${change}`;
}

export function describeChange(key: string, before: unknown, after: unknown, schemas: ModuleSchemas): string {
  const named = nameSetting(key, schemas, "operator");
  const node = named.is === "named" ? named.node : undefined;
  return safeText(`${key}: ${describeValue(before, node)} → ${describeValue(after, node)}`);
}

export interface Difference {
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** By key. */
export function findDifferences(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort()
    .map((key) => ({ key, before: before.get(key), after: after.get(key) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}
