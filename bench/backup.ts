/**
 * What a backup costs: how long it takes, made and proved as the house makes it, how much memory its process needs, and
 * what it does to twenty processes that write meanwhile. `./kissbot.sh bench backup --quick` in half a minute.
 */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Command } from "commander";
import * as v from "valibot";
import { makeKeyPair } from "../backup/seal.ts";
import { percentile } from "../cli/trial/percentile.ts";
import { openDatabase } from "../db/open.ts";
import { BackupAnswer, type BackupJob } from "../shared/backup/job.ts";
import { systemClock } from "../shared/clock.ts";
import { checkoutFolder, findHome, type Home } from "../shared/home.ts";
import { runWriters, type Written } from "./db-writers.ts";
import { type Bar, isReached, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { describeMachine } from "./this-machine.ts";

const WRITERS = 20;
const PACE = 20;
const SIZES = { quick: { megabytes: 20, seconds: 5 }, full: { megabytes: 200, seconds: 25 } };
const BARS = { writeP99Ms: 5, memoryMb: 160 };
const ENTRY = join(checkoutFolder, "dist", "backup.mjs");
const LOOK_EVERY_MS = 20;
const KB_PER_MB = 1_024;
const ROW_KB = 4;
/** Hexadecimal halves to what it was: about what gzip makes of names, titles and messages. */
const ROW_BYTES = (ROW_KB * KB_PER_MB) / 2;

interface Made {
  readonly answer: Extract<BackupAnswer, { is: "made" }>;
  readonly tookMs: number;
  readonly peakMb: number;
  readonly cpuSeconds: number;
}

function fill(file: string, megabytes: number): void {
  const db = openDatabase(file);
  const insert = db.prepare("INSERT INTO hub_state VALUES (?, ?, 0)");
  db.transaction(() => {
    for (let row = 0; row < (megabytes * KB_PER_MB) / ROW_KB; row += 1)
      insert.run(`ballast ${row}`, randomBytes(ROW_BYTES).toString("hex"));
  }).immediate();
  db.pragma("wal_checkpoint(TRUNCATE)");
  db.close();
}

/** The process the supervisor would start, with its papers. */
async function makeBackup(job: BackupJob, home: Home): Promise<Made> {
  const since = performance.now();
  const child = spawn(process.execPath, [ENTRY], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, KISSBOT_HOME: home.folder, MALLOC_ARENA_MAX: "1" },
  });
  child.stdin.end(JSON.stringify(job));
  let peak = { kb: 0, ticks: 0 };
  const stopLooking = systemClock.every(LOOK_EVERY_MS, () => {
    peak = readPeak(child.pid ?? 0) ?? peak;
  });
  const said = await text(child.stdout);
  stopLooking();
  const answer = v.parse(v.pipe(v.string(), v.parseJson(), BackupAnswer), said);
  if (answer.is !== "made") throw new Error(said);
  const tookMs = performance.now() - since;
  return { answer, tookMs, peakMb: peak.kb / KB_PER_MB, cpuSeconds: peak.ticks / 100 };
}

/** The kernel's own high-water mark, and the CPU it took so far; undefined: it has gone. */
function readPeak(pid: number): { readonly kb: number; readonly ticks: number } | undefined {
  try {
    // A process that has just ended has no memory any more.
    const kb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .slice(11, 13)
      .map(Number);
    return Number.isNaN(kb) ? undefined : { kb, ticks: user + system };
  } catch {
    return undefined;
  }
}

const program = new Command("bench backup")
  .description("how long a backup takes, its process's memory, and what it does to twenty writers")
  .option("--quick", "20 MB in the place of 200, 5 seconds of writing")
  .option("--json", "the figures");
const flags = readFlags(
  program,
  v.object({ quick: v.optional(v.boolean(), false), json: v.optional(v.boolean(), false) }),
);
const size = SIZES[flags.quick ? "quick" : "full"];

const home = findHome({ KISSBOT_HOME: mkdtempSync(join(tmpdir(), "kb-")) });
try {
  const { identity, recipient } = await makeKeyPair();
  const identityFile = join(home.folder, "backup.key");
  writeFileSync(identityFile, identity, { mode: 0o600 });
  fill(home.database, size.megabytes);
  const job: BackupJob = {
    do: "create",
    settings: {
      folder: join(home.folder, "backups"),
      recipients: [recipient],
      identityFile,
      include: [],
      keepDaily: 7,
      keepWeekly: 4,
    },
    isUnencryptedAllowed: false,
  };
  const write = (beside?: (startAt: number) => Promise<void>): Promise<Written> =>
    runWriters({
      file: home.database,
      writers: WRITERS,
      seconds: size.seconds,
      perSecond: PACE,
      ...(beside && { beside }),
    });
  const say = (line: string) => flags.json || process.stderr.write(`${line}\n`);
  say("alone …");
  const quiet = await makeBackup(job, home);
  say(`${WRITERS} writers, ${PACE}/s each …`);
  const without = await write();
  say("the same, and a backup …");
  let beside: Made | undefined;
  const during = await write(async (startAt) => {
    await new Promise<void>(
      (resolve) => void systemClock.after(Math.max(0, startAt - systemClock.wall()), resolve),
    );
    beside = await makeBackup(job, home);
  });
  report({ quiet, beside, without, during, bytes: statSync(home.database).size });
} finally {
  rmSync(home.folder, { recursive: true });
}

function report(found: {
  readonly quiet: Made;
  readonly beside: Made | undefined;
  readonly without: Written;
  readonly during: Written;
  readonly bytes: number;
}): void {
  const { quiet, beside, without, during, bytes } = found;
  const p = ({ tookMs }: Written, share: number) => percentile(tookMs, share);
  const errors = [...without.errors, ...during.errors];
  const wrong = [without, during].reduce((sum, one) => sum + Math.abs(one.lost) + one.mismatches, 0);
  const bars: readonly Bar[] = [
    {
      what: "a write, p99, while a backup is made",
      value: p(during, 0.99),
      bar: BARS.writeP99Ms,
      unit: "ms",
      digits: 2,
    },
    {
      what: "memory of its process, at most",
      value: quiet.peakMb,
      bar: BARS.memoryMb,
      unit: "MB",
      digits: 0,
    },
    { what: "writers' errors, busy among them", value: errors.length, bar: 0, unit: "", digits: 0 },
    { what: "lost updates and wrong balances", value: wrong, bar: 0, unit: "", digits: 0 },
  ];
  const writes = [without, during].map((one) => ({
    p50: p(one, 0.5),
    p99: p(one, 0.99),
    worst: one.tookMs.at(-1),
  }));
  if (flags.json) {
    const figures = {
      machine: describeMachine(),
      megabytes: bytes / 1e6,
      quiet,
      beside,
      writes,
      errors,
      bars,
    };
    process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  } else {
    const { cpu, cores } = describeMachine();
    const ms = (value: number | undefined) => `${value?.toFixed(2) ?? "-"} ms`;
    const ofMade = (made: Made) =>
      `${(made.tookMs / 1_000).toFixed(1)} s (${made.cpuSeconds.toFixed(1)} s of CPU), ${(made.answer.bytes / 1e6).toFixed(1)} MB, peak ${made.peakMb.toFixed(0)} MB`;
    const ofWrites = (one: (typeof writes)[number] | undefined) =>
      `p50 ${ms(one?.p50)}, p99 ${ms(one?.p99)}, worst ${ms(one?.worst)}`;
    process.stdout.write(
      `${[
        `${cpu}, ${cores} cores; a database of ${(bytes / 1e6).toFixed(0)} MB, copied, checked, packed, encrypted and proved`,
        "",
        `  alone                       ${ofMade(quiet)}`,
        `  beside ${WRITERS} writers           ${beside ? ofMade(beside) : "-"}`,
        `  writes without a backup     ${ofWrites(writes[0])}`,
        `  writes while one is made    ${ofWrites(writes[1])}`,
        "",
        ...renderBars(bars),
      ].join("\n")}\n`,
    );
  }
  process.exitCode = bars.every(isReached) ? 0 : 1;
}
