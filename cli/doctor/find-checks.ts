/** The folder is the registry: a file in cli/doctor/checks is a check. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Check } from "./check.ts";

const FOLDER = join(import.meta.dirname, "checks");

/** What must stand before anything else can comes first; whatever is not named here follows by its name. */
const ORDER = [
  "node",
  "cargo",
  "engine",
  "config",
  "house",
  "files",
  "disk",
  "ports",
  "database",
  "key",
  "clock",
  "tokens",
  "scopes",
  "moderator",
  "eventsub",
];

export async function findChecks(folder = FOLDER): Promise<readonly Check[]> {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const checks = await Promise.all(files.sort().map((file) => loadCheck(folder, file)));
  return checks.toSorted((a, b) => placeOf(a) - placeOf(b));
}

const placeOf = ({ name }: Check): number => {
  const place = ORDER.indexOf(name);
  return place === -1 ? ORDER.length : place;
};

async function loadCheck(folder: string, file: string): Promise<Check> {
  const { default: check }: { default?: Check } = await import(pathToFileURL(join(folder, file)).href);
  if (typeof check?.run !== "function" || typeof check.name !== "string")
    throw new Error(`cli/doctor/checks/${file} is no check: its default export must be defineCheck({ … })`);
  return check;
}
