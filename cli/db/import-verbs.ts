/** `db import-yaml` and `db import-original`: reading what another installation left. */
import { readFileSync, statSync } from "node:fs";
import { basename } from "node:path";
import type { Incoming } from "../../db/import/incoming.ts";
import { readOriginalTables } from "../../db/import/original-tables.ts";
import { KEY_DOES_NOT_OPEN, readOriginal } from "../../db/import/read-original.ts";
import { openKeyChest } from "../../db/secrets/key-chest.ts";
import { KissError, toError } from "../../shared/errors.ts";
import { loadConfig } from "../../shared/load-config.ts";
import { type Desk, EXIT_USAGE } from "../verb.ts";
import { readYamlTokens } from "./read-yaml-tokens.ts";
import { runImport } from "./run-import.ts";

/** A configuration is some hundred lines. */
const YAML_BYTES_MAX = 1024 * 1024;

export interface ImportFlags {
  readonly key?: string | undefined;
  readonly apply: boolean;
  readonly replace: boolean;
  readonly json: boolean;
}

/** @throws KissError import-source */
export function importYaml(file: string | undefined, flags: ImportFlags, desk: Desk): number {
  const path = file ?? desk.home.configFile;
  const incoming = readYamlTokens(readText(path), basename(path));
  const exitCode = runImport({ ...toWish(flags), incoming, from: basename(path) }, desk);
  if (exitCode === 0 && flags.apply && !flags.json && path === desk.home.configFile) {
    desk.say(
      "twitch.tokens can go from config.yaml now; until it does, what grew from it in the database counts.",
    );
  }
  return exitCode;
}

/** @throws KissError import-source, key-missing, key-wrong */
export function importOriginal(file: string | undefined, flags: ImportFlags, desk: Desk): number {
  if (file === undefined) {
    desk.warn(
      "kissbot: db import-original which? Name the original's kissbot.db, and its key file with --key",
    );
    return EXIT_USAGE;
  }
  const ring =
    flags.key === undefined ? undefined : openKeyChest({ is: "file", file: flags.key, isOurs: false }).get();
  const loaded = loadConfig(desk.home.configFile);
  const incoming = readOriginal(readOriginalTables(file), {
    ring,
    bot: loaded.is === "right" ? loaded.config.twitch.bot_login : undefined,
    now: desk.clock.wall(),
  });
  if (ring && incoming.tokens.length === 0 && isAnyLocked(incoming)) {
    throw new KissError("import-source", `the key ${flags.key} opens none of its tokens`);
  }
  return runImport({ ...toWish(flags), incoming, from: basename(file) }, desk);
}

const isAnyLocked = ({ left }: Incoming): boolean =>
  left.some(({ because }) => because.endsWith(KEY_DOES_NOT_OPEN));

const toWish = ({ apply, replace, json }: ImportFlags) => ({
  isApplied: apply,
  replacesTokens: replace,
  isJson: json,
});

function readText(file: string): string {
  const refuse = (because: string, cause?: unknown) => new KissError("import-source", because, { cause });
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats) throw refuse(`there is no file ${file}`);
  // A device may never end.
  if (!stats.isFile()) throw refuse(`${file} is ${stats.isDirectory() ? "a folder" : "a device"}`);
  if (stats.size > YAML_BYTES_MAX) throw refuse(`${file} is larger than a configuration can be`);
  try {
    return readFileSync(file, "utf8");
  } catch (problem) {
    throw refuse(`${file} can't be read: ${toError(problem).message}`, problem);
  }
}
