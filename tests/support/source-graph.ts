/** The sources of the house and what each imports, read from the text: quick, and the same for every tool. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { checkoutFolder } from "../../shared/home.ts";

export interface Import {
  /** As it is written: "./x.ts", "node:fs", "ws". */
  readonly specifier: string;
  /** Within the checkout, when it is one of ours: "shared/clock.ts". */
  readonly file: string | undefined;
  /** The package, when it is none of ours and not Node's. */
  readonly package: string | undefined;
  /** `import type`: nothing of it is left at run time. */
  readonly isTypeOnly: boolean;
}

export interface Source {
  /** "hub/main.ts" */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export const FOLDERS = [
  "shared",
  "db",
  "backup",
  "supervisor",
  "hub",
  "worker",
  "alone",
  "cli",
  "sim",
  "engine",
  "bench",
  "tests",
] as const;

export function readSources(): readonly Source[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(checkoutFolder, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"))
      .map((file) => join(folder, file)),
  )
    .sort()
    .map((path) => {
      const text = readFileSync(join(checkoutFolder, path), "utf8");
      return { path, text, imports: findImports(path, text) };
    });
}

const STATEMENT = /^\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s*)?"([^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

/** Pure. */
export function findImports(path: string, text: string): readonly Import[] {
  const code = withoutComments(text);
  return [
    ...[...code.matchAll(STATEMENT)].map(([, type, specifier = ""]) =>
      toImport(path, specifier, type !== undefined),
    ),
    ...[...code.matchAll(DYNAMIC)].map(([, specifier = ""]) => toImport(path, specifier, false)),
  ];
}

const withoutComments = (text: string): string =>
  text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function toImport(from: string, specifier: string, isTypeOnly: boolean): Import {
  if (specifier.startsWith(".")) {
    const file = relative(checkoutFolder, resolve(checkoutFolder, dirname(from), specifier));
    return { specifier, file, package: undefined, isTypeOnly };
  }
  if (specifier.startsWith("node:")) return { specifier, file: undefined, package: undefined, isTypeOnly };
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  return { specifier, file: undefined, package: name, isTypeOnly };
}

/** Every source that `entry` loads at run time, itself included, with the way to it: ["hub/main.ts", "hub/x.ts"]. */
export function reachFrom(entry: string, sources: readonly Source[]): ReadonlyMap<string, readonly string[]> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const ways = new Map<string, readonly string[]>([[entry, [entry]]]);
  const open = [entry];
  for (let path = open.shift(); path !== undefined; path = open.shift()) {
    for (const { file, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      if (file === undefined || isTypeOnly || ways.has(file)) continue;
      ways.set(file, [...(ways.get(path) ?? []), file]);
      open.push(file);
    }
  }
  return ways;
}

/** Circles of run-time imports, each once: ["a.ts", "b.ts", "a.ts"]. */
export function findCycles(sources: readonly Source[]): readonly (readonly string[])[] {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const cycles: (readonly string[])[] = [];
  const visit = (path: string, way: readonly string[]) => {
    const at = way.indexOf(path);
    if (at >= 0) {
      cycles.push([...way.slice(at), path]);
      return;
    }
    if (done.has(path)) return;
    for (const { file, isTypeOnly } of byPath.get(path)?.imports ?? []) {
      if (file !== undefined && !isTypeOnly) visit(file, [...way, path]);
    }
    done.add(path);
  };
  for (const { path } of sources) visit(path, []);
  return cycles;
}
