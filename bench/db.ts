/**
 * What a write to the database costs when many processes write: 1, 10 and 100 of them at 20 transactions a second
 * each and as fast as they can, and what a snapshot in a process beside them does to them. Every run ends with the
 * books: no update lost, every balance the sum of its entries. `./kissbot.sh bench db --quick` in half a minute.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import * as v from "valibot";
import { type Column, renderTable } from "../cli/table.ts";
import { percentile } from "../cli/trial/percentile.ts";
import { openDatabase } from "../db/open.ts";
import { systemClock } from "../shared/clock.ts";
import { runWriters } from "./db-writers.ts";
import { type Bar, isReached, renderBars } from "./promised-bars.ts";
import { readFlags } from "./read-flags.ts";
import { describeMachine } from "./this-machine.ts";

const PACE = 20;
const BARS = { writeP99Ms: 5 };
/** Beside the points, so that a snapshot has something to copy: what a year of a hundred channels leaves. */
const BALLAST_MB = { quick: 20, full: 200 };
const ROW_KB = 4;
/** What a hundred processes do in their first moments is compiling. */
const WARM_UP_SECONDS = 2;
const SECONDS = { quick: 4, full: 20 };
const COLUMNS = 120;

interface Run {
  readonly name: string;
  readonly writers: number;
  readonly perSecond: number;
  readonly hasSnapshot: boolean;
}

interface Measured extends Run {
  readonly perSecondDone: number;
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  readonly worst: number | undefined;
  readonly errors: readonly string[];
  readonly lost: number;
  readonly mismatches: number;
  readonly snapshotMs: number | undefined;
}

const RUNS: readonly Run[] = [
  ...[1, 10, 100].map((writers) => ({
    name: `${PACE}/s each`,
    writers,
    perSecond: PACE,
    hasSnapshot: false,
  })),
  { name: `${PACE}/s each, snapshot`, writers: 100, perSecond: PACE, hasSnapshot: true },
  ...[1, 10, 100].map((writers) => ({ name: "full speed", writers, perSecond: 0, hasSnapshot: false })),
];

/** In a process of its own, as a backup is made. */
function takeSnapshot(file: string, copy: string): Promise<number> {
  const statement = `const [file, copy] = process.argv.slice(1);
    const db = new (require("better-sqlite3"))(file, { timeout: 5000 });
    db.prepare("VACUUM INTO ?").run(copy);`;
  const since = performance.now();
  const child = spawn(process.execPath, ["-e", statement, "--", file, copy], { stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) =>
      code === 0 ? resolve(performance.now() - since) : reject(new Error(`the snapshot ended with ${code}`)),
    );
  });
}

function makeBallast(file: string, megabytes: number): void {
  const db = openDatabase(file);
  const insert = db.prepare("INSERT OR REPLACE INTO hub_state VALUES (?, ?, 0)");
  const text = "x".repeat(ROW_KB * 1_024);
  db.transaction(() => {
    for (let row = 0; row < (megabytes * 1_024) / ROW_KB; row += 1) insert.run(`ballast ${row}`, text);
  }).immediate();
  db.close();
}

async function measure(run: Run, seconds: number, ballastMb: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "kissbot-bench-db-"));
  const file = join(folder, "kissbot.db");
  try {
    if (run.hasSnapshot) makeBallast(file, ballastMb);
    let snapshotMs: number | undefined;
    const written = await runWriters({
      ...run,
      file,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds,
      ...(run.hasSnapshot && {
        async beside(startAt: number) {
          await new Promise<void>((resolve) => {
            systemClock.after(Math.max(0, startAt - systemClock.wall()), resolve);
          });
          snapshotMs = await takeSnapshot(file, join(folder, "snapshot.db"));
          if (statSync(join(folder, "snapshot.db")).size === 0) throw new Error("the snapshot is empty");
        },
      }),
    });
    const { tookMs, booked } = written;
    return {
      ...run,
      ...written,
      perSecondDone: booked / seconds,
      p50: percentile(tookMs, 0.5),
      p99: percentile(tookMs, 0.99),
      worst: tookMs.at(-1),
      snapshotMs,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TABLE: readonly Column[] = [
  { title: "PACE", align: "left" },
  { title: "WRITERS", align: "right" },
  { title: "DONE/S", align: "right" },
  { title: "P50 MS", align: "right" },
  { title: "P99 MS", align: "right" },
  { title: "WORST MS", align: "right" },
  { title: "ERRORS", align: "right" },
  { title: "LOST", align: "right" },
  { title: "SNAPSHOT MS", align: "right" },
];

function toBars(all: readonly Measured[]): readonly Bar[] {
  const paced = all.find((one) => one.writers === 100 && one.perSecond > 0 && !one.hasSnapshot);
  const sum = (of: (one: Measured) => number) => all.reduce((total, one) => total + of(one), 0);
  return [
    {
      what: `a write, p99, 100 writers at ${PACE}/s`,
      value: paced?.p99,
      bar: BARS.writeP99Ms,
      unit: "ms",
      digits: 2,
    },
    {
      what: "errors, busy among them, in all runs",
      value: sum((one) => one.errors.length),
      bar: 0,
      unit: "",
      digits: 0,
    },
    {
      what: "lost updates and wrong balances",
      value: sum((one) => Math.abs(one.lost) + one.mismatches),
      bar: 0,
      unit: "",
      digits: 0,
    },
  ];
}

const program = new Command("bench db")
  .description("how long a write takes when 1, 10 and 100 processes write, and while a snapshot is made")
  .option("--quick", "4 seconds a run, and a snapshot of 20 MB")
  .option("--json", "the figures");
const flags = readFlags(
  program,
  v.object({ quick: v.optional(v.boolean(), false), json: v.optional(v.boolean(), false) }),
);
const size = flags.quick ? "quick" : "full";
const measured: Measured[] = [];
for (const run of RUNS) {
  if (!flags.json) process.stderr.write(`${run.writers} writers, ${run.name} …\n`);
  measured.push(await measure(run, SECONDS[size], BALLAST_MB[size]));
}
const bars = toBars(measured);
const show = (value: number | undefined, digits: number) => value?.toFixed(digits) ?? "";
if (flags.json) {
  const runs = measured.map(({ errors, ...run }) => ({
    ...run,
    errors: errors.length,
    firstErrors: errors.slice(0, 3),
  }));
  process.stdout.write(
    `${JSON.stringify({ machine: describeMachine(), seconds: SECONDS[size], runs, bars }, null, 2)}\n`,
  );
} else {
  const rows = measured.map((one) => ({
    cells: [
      one.name,
      String(one.writers),
      show(one.perSecondDone, 0),
      show(one.p50, 2),
      show(one.p99, 2),
      show(one.worst, 1),
      String(one.errors.length),
      String(one.lost + one.mismatches),
      show(one.snapshotMs, 0),
    ],
    note: one.errors[0],
  }));
  const { cpu, cores } = describeMachine();
  const page = [`${cpu}, ${cores} cores`, "", ...renderTable(TABLE, rows, COLUMNS), "", ...renderBars(bars)];
  process.stdout.write(`${page.join("\n")}\n`);
}
process.exitCode = bars.every(isReached) ? 0 : 1;
