/** Where a figure was measured: without it the figure means nothing. */
import { readFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { checkoutFolder } from "../shared/home.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = ["@twurple/chat", "ws", "node-ipc", "better-sqlite3", "pino", "valibot"] as const;
const Package = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

const versionOf = (name: string): string =>
  v.parse(Package, readFileSync(join(checkoutFolder, "node_modules", name, "package.json"), "utf8")).version;
