/**
 * Builds the Rust addon with plain cargo and puts it beside this file. `--if-changed` does nothing when no source has
 * changed since. Without cargo, or when the build fails, it says so in one line and ends well: the TypeScript engine
 * answers then.
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
const addon = join(root, "kissbot-engine.node");
const log = join(logs, "engine-build.log");
/** Whatever of these changes may change the addon. */
const SOURCES = ["Cargo.toml", "Cargo.lock", "catalogue.tsv", "core", "node"];
const LIBRARY =
  { darwin: "libkissbot_engine.dylib", win32: "kissbot_engine.dll" }[process.platform] ??
  "libkissbot_engine.so";
const ARGS = ["build", "--release", "--locked", "--package", "kissbot-engine"];

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
  existsSync(addon) && existsSync(stampFile) && readFileSync(stampFile, "utf8") === stamp;

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
  // A process may load it at any moment: it sees the old one or the new one.
  const fresh = `${addon}.${process.pid}`;
  copyFileSync(join(target, "release", LIBRARY), fresh);
  renameSync(fresh, addon);
  writeFileSync(stampFile, stamp);
  say(`engine built in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

await main();
