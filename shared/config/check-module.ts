/** What modules themselves say of their settings. Pure; also for workers, so nothing here reads YAML. */
import * as v from "valibot";
import { type Finding, toFinding } from "./describe-issue.ts";
import { toKeyTree } from "./key-tree.ts";
import { findSimilar } from "./suggest.ts";

/** A module's own schema, for whoever has it at hand: without, a module's settings are its own business. */
export type ModuleSchemas = ReadonlyMap<string, v.GenericSchema>;

export function checkModule(name: string, settings: unknown, schemas: ModuleSchemas): readonly Finding[] {
  const schema = schemas.get(name);
  const path = ["modules", name];
  if (!schema) return [{ path, says: describeNoModule(name, [...schemas.keys()]) }];
  const parsed = v.safeParse(schema, settings);
  const tree = toKeyTree(schema);
  return (parsed.issues ?? []).map((issue) => {
    const finding = toFinding(issue, tree);
    return { path: [...path, ...finding.path], says: finding.says };
  });
}

export function describeNoModule(name: string, known: readonly string[]): string {
  const meant = findSimilar(name, known);
  return `there is no such module; ${meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}?`}`;
}
