/** The folder is the registry: a file in cli/verbs is a verb. */
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyVerb } from "./verb.ts";

const FOLDER = join(import.meta.dirname, "verbs");

/** The verb `word` alone when it is one, so that `status` need not load what `demo` needs; else all of them. */
export async function findVerbs(word: string | undefined, folder = FOLDER): Promise<readonly AnyVerb[]> {
  if (word !== undefined && /^[a-z-]+$/.test(word) && existsSync(join(folder, `${word}.ts`))) {
    return [await loadVerb(folder, `${word}.ts`)];
  }
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  return Promise.all(files.sort().map((file) => loadVerb(folder, file)));
}

async function loadVerb(folder: string, file: string): Promise<AnyVerb> {
  const { default: verb }: { default?: AnyVerb } = await import(pathToFileURL(join(folder, file)).href);
  if (typeof verb?.run !== "function" || verb.name !== basename(file, ".ts")) {
    throw new Error(
      `cli/verbs/${file} is no verb: its default export must be defineVerb({ name: "${basename(file, ".ts")}", … })`,
    );
  }
  return verb;
}
