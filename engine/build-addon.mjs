/**
 * Builds the Rust addons with plain cargo and puts them beside this file. `--if-changed` does nothing when no source
 * has changed since. Without cargo, or when the build fails, it says so in one line and ends well: the TypeScript
 * engine answers then, and writers of the database wait as SQLite lets them.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

const root = import.meta.dirname;
const logs = join(root, "..", "logs");
const target = join(root, "target");
const stampFile = join(target, ".kissbot-stamp");
const ADDONS = ["kissbot-engine", "kissbot-write-gate"];
const log = join(logs, "engine-build.log");
/** Whatever of these changes may change an addon. */
const SOURCES = ["Cargo.toml", "Cargo.lock", "catalogue.tsv", "core", "node", "write-gate"];
const ARGS = ["build", "--release", "--locked", ...ADDONS.flatMap((addon) => ["--package", addon])];

const addonFile = (addon) => join(root, `${addon}.node`);
function libraryOf(addon) {
  const name = addon.replaceAll("-", "_");
  return { darwin: `lib${name}.dylib`, win32: `${name}.dll` }[process.platform] ?? `lib${name}.so`;
}

const say = (text) => process.stderr.write(`kissbot: ${text}\n`);

function* filesOf(path) {
  const full = join(root, path);
  if (!existsSync(full)) return;
  if (!statSync(full).isDirectory()) return yield full;
  for (const name of readdirSync(full).sort()) yield* filesOf(join(path, name));
}

function hashSources() {
  const hash = createHash("sha256").update(process.arch).update(process.platform);
  for (const source of SOURCES)
    for (const file of filesOf(source)) hash.update(file.slice(root.length)).update(readFileSync(file));
  return hash.digest("hex");
}

const isFresh = (stamp) =>
  ADDONS.every((addon) => existsSync(addonFile(addon))) &&
  existsSync(stampFile) &&
  readFileSync(stampFile, "utf8") === stamp;

/** Resolves with the exit code; what cargo says goes to the log. */
function runCargo() {
  mkdirSync(logs, { recursive: true });
  const output = createWriteStream(log);
  // One registry that cannot be reached shall not hold up a start for minutes.
  const env = { ...process.env, CARGO_TARGET_DIR: target, CARGO_NET_RETRY: "1", CARGO_TERM_COLOR: "never" };
  const cargo = spawn("cargo", ARGS, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"] });
  cargo.stdout.pipe(output, { end: false });
  cargo.stderr.pipe(output, { end: false });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => cargo.kill(signal));
  return new Promise((resolve) => {
    cargo.once("error", () => resolve(1));
    cargo.once("close", (code) => output.end(() => resolve(code ?? 1)));
  });
}

const hasCargo = () => spawnSync("cargo", ["--version"]).status === 0;

async function main() {
  const stamp = hashSources();
  if (process.argv.includes("--if-changed") && isFresh(stamp)) return;
  if (!hasCargo()) {
    say("cargo is missing (https://rustup.rs brings it): games are looked up by the TypeScript engine");
    return;
  }
  say("building the game engine: cargo compiles it (once; about a minute)");
  const startedAt = performance.now();
  if ((await runCargo()) !== 0) {
    say(`the engine could not be built, ${log} says why: games are looked up by the TypeScript engine`);
    return;
  }
  for (const addon of ADDONS) {
    // A process may load it at any moment: it sees the old one or the new one.
    const fresh = `${addonFile(addon)}.${process.pid}`;
    copyFileSync(join(target, "release", libraryOf(addon)), fresh);
    renameSync(fresh, addonFile(addon));
  }
  writeFileSync(stampFile, stamp);
  say(`engine built in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

await main();
