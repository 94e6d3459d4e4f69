/** Which way imports go (house-style 2.1): shared is the ground floor, the processes are neighbours. */
import { describe, expect, test } from "vitest";
import { findCycles, findImports, reachFrom, readSources, type Source } from "../support/source-graph.ts";

const sources = readSources();
const product = sources.filter(({ path }) => !path.endsWith(".test.ts"));

/** What each folder may import besides itself. Whoever may import the simulator is named in a comment below. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  db: ["shared"],
  supervisor: ["shared", "db"],
  hub: ["shared", "db", "engine"],
  worker: ["shared", "db", "engine"],
  // A process of its own, and the part of the cli that reads backups.
  backup: ["shared", "db"],
  // Both in one process, for one channel.
  alone: ["shared", "db", "hub", "worker"],
  cli: ["shared", "db", "backup", "engine"],
  // Knows titles and files, nothing of bots.
  engine: [],
  // A product of its own: it knows nothing of the house.
  sim: [],
  // Benches drive a whole house, as `demo` does, or one part of a worker.
  bench: ["shared", "db", "backup", "cli", "engine", "worker"],
  tests: ["shared", "db", "backup", "supervisor", "hub", "worker", "alone", "cli", "sim", "engine", "bench"],
};

/** Packages a process never loads, however far down: each costs it megabytes, or is not its business. */
const NEVER_LOADS: Readonly<Record<string, readonly string[]>> = {
  "worker/main.ts": ["age-encryption", "node-ipc", "zod", "yaml", "commander", "hono"],
  "supervisor/main.ts": [
    "age-encryption",
    "@twurple/api",
    "@twurple/auth",
    "@twurple/chat",
    "undici",
    "ws",
    "better-sqlite3",
    "zod",
  ],
  "hub/main.ts": ["age-encryption", "@twurple/chat", "zod", "yaml", "commander", "hono"],
  "alone/main.ts": ["node-ipc", "zod", "commander", "hono"],
};

/** Loaded by few workers, on first use: every way there leads through this file, before which stands an `import()`. */
const DIRECT_LISTENER = "worker/direct/open-listener.external.ts";
const ONLY_BEHIND_IT = ["@twurple/api", "@twurple/eventsub-ws", "undici"];

/** Settings are checked by the modules' own schemas: the only way from the command line to the worker's files. */
const MAY_MEET_MODULES = "cli/config/module-schemas.ts";
const MODULE_REGISTRY = ["worker/find-modules.ts", "worker/modules-folder.ts"];

const folderOf = (path: string) => path.split("/")[0] ?? "";

/** A test beside its file takes its clocks and silent logs from tests/support. */
const isTestUsingItsTools = (path: string, file: string) =>
  path.endsWith(".test.ts") && file.startsWith("tests/support/");

function offendingArrows(of: readonly Source[]): string[] {
  return of.flatMap(({ path, imports }) =>
    imports.flatMap(({ file }) => {
      if (file === undefined || folderOf(file) === folderOf(path)) return [];
      const allowed = MAY_IMPORT[folderOf(path)] ?? [];
      if (allowed.includes(folderOf(file)) || isTestUsingItsTools(path, file)) return [];
      if (path === MAY_MEET_MODULES && MODULE_REGISTRY.includes(file)) return [];
      return [`${path} → ${file}   (${folderOf(path)} may import: ${allowed.join(", ") || "nothing"})`];
    }),
  );
}

test("imports flow downhill", () => {
  expect(offendingArrows(sources)).toEqual([]);
});

test("no circles at run time", () => {
  expect(findCycles(sources).map((cycle) => cycle.join(" → "))).toEqual([]);
});

test("modules do not know modules", () => {
  const moduleOf = (path: string) => /^worker\/modules\/([^/.]+)/.exec(path)?.[1];
  const arrows = sources.flatMap(({ path, imports }) =>
    imports.flatMap(({ file }) => {
      const [from, to] = [moduleOf(path), file === undefined ? undefined : moduleOf(file)];
      return from !== undefined && to !== undefined && from !== to ? [`${path} → ${file}`] : [];
    }),
  );
  expect(arrows).toEqual([]);
});

describe.each(Object.entries(NEVER_LOADS))("%s", (entry, packages) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const ways = reachFrom(entry, product);

  test.each(packages)("never loads %s", (name) => {
    const arrows = [...ways].flatMap(([path, way]) => {
      const imports = byPath.get(path)?.imports ?? [];
      return imports.some((one) => one.package === name && !one.isTypeOnly)
        ? [[...way, name].join(" → ")]
        : [];
    });
    expect(arrows).toEqual([]);
  });
});

test.each(ONLY_BEHIND_IT)("a worker loads %s only to hear EventSub directly", (name) => {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const others = product.map((source) =>
    source.path === DIRECT_LISTENER ? { ...source, imports: [] } : source,
  );
  const users = [...reachFrom("worker/main.ts", others)].filter(
    ([path]) =>
      path !== DIRECT_LISTENER &&
      byPath.get(path)?.imports.some((one) => one.package === name && !one.isTypeOnly),
  );
  expect(users.map(([, way]) => way.join(" → "))).toEqual([]);
});

test("node-ipc is known to one file", () => {
  const users = product.filter(({ imports }) => imports.some((one) => one.package === "node-ipc"));
  expect(users.map(({ path }) => path)).toEqual(["shared/ipc/socket-server.ts"]);
});

test("pm2 is a program to run, never a package to load: its licence is AGPL, ours MIT", () => {
  const users = sources.filter(({ imports }) => imports.some((one) => one.package === "pm2"));
  expect(users.map(({ path }) => path)).toEqual([]);
});

test("in the supervisor, and in everything it starts, one file spawns processes", () => {
  const users = product.filter(
    ({ path, imports }) =>
      ["shared", "db", "supervisor", "hub", "worker", "alone"].includes(folderOf(path)) &&
      imports.some((one) => one.specifier === "node:child_process"),
  );
  expect(users.map(({ path }) => path)).toEqual(["supervisor/spawn.ts"]);
});

test("files are named for the one thing in them, in kebab-case", () => {
  const nameless = /\/(utils?|helpers?|types?|common|misc|index)\.ts$/;
  const kebab = /\/_?[a-z0-9]+(-[a-z0-9]+)*(\.test|\.external)?\.ts$/;
  const isModuleFolder = (path: string) => /^(worker\/modules\/[a-z0-9-]+|engine)\/index\.ts$/.test(path);
  const wrong = sources
    .map(({ path }) => path)
    .filter((path) => (nameless.test(path) && !isModuleFolder(path)) || !kebab.test(path));
  expect(wrong).toEqual([]);
});

describe("findImports", () => {
  test.each([
    ['import { a } from "./x.ts";', ["hub/x.ts", false]],
    ['import type { A } from "../shared/a.ts";', ["shared/a.ts", true]],
    ['import {\n  a,\n  type B,\n} from "../db/b.ts";', ["db/b.ts", false]],
    ['export type { A } from "./y.ts";', ["hub/y.ts", true]],
    ['export * from "./y.ts";', ["hub/y.ts", false]],
    ['import "./side.ts";', ["hub/side.ts", false]],
    ['const x = await import("./late.ts");', ["hub/late.ts", false]],
  ])("%j", (text, [file, isTypeOnly]) => {
    expect(findImports("hub/main.ts", text)).toMatchObject([{ file, isTypeOnly }]);
  });

  test.each([
    ['import * as v from "valibot";', "valibot"],
    ['import x from "@twurple/chat/lib/y.js";', "@twurple/chat"],
    ['import fs from "node:fs";', undefined],
  ])("%j", (text, name) => {
    expect(findImports("hub/main.ts", text)).toMatchObject([{ file: undefined, package: name }]);
  });

  test.each(['// import "./x.ts";', '/* import "./x.ts"; */', 'const text = "import this";'])(
    "%j is none",
    (text) => {
      expect(findImports("hub/main.ts", text)).toEqual([]);
    },
  );
});
