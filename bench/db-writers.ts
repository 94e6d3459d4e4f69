/** Many processes that book points on one database, and what came of it. */
import { spawn } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { openDatabase } from "../db/open.ts";
import { makePoints } from "../db/points.ts";
import { systemClock } from "../shared/clock.ts";
import { checkoutFolder } from "../shared/home.ts";
import { LEAN_NODE } from "../shared/lean-node.ts";
import { READY, WriterReport, type WriterWish } from "./db-writer.ts";

export interface Written {
  readonly booked: number;
  readonly errors: readonly string[];
  /** Sorted. */
  readonly tookMs: readonly number[];
  /** What the balances lack of what was booked; 0, unless an update was lost. */
  readonly lost: number;
  /** Balances that are not the sum of their entries. */
  readonly mismatches: number;
  /** SQLite's write-ahead log at its longest. */
  readonly logBytes: number;
}

/** From the last writer's readiness to the common start: a hundred processes read their line. */
const LINE_UP_MS = 500;
const MS_PER_S = 1_000;
const Report = v.pipe(v.string(), v.parseJson(), WriterReport);
const WRITER = join(checkoutFolder, "bench", "db-writer.ts");
const SUM = "SELECT coalesce(sum(balance), 0) FROM points_balances";

export async function runWriters(using: {
  readonly file: string;
  readonly writers: number;
  readonly warmUpSeconds?: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Begins when what is measured does; its end is waited for. */
  readonly beside?: (startAt: number) => Promise<void>;
}): Promise<Written> {
  const { file, writers, warmUpSeconds = 0, seconds, perSecond } = using;
  // Open until the end: whoever closes last takes the log away.
  const open = openDatabase(file);
  const before = balancesOf(file).sum;
  const lined = Array.from({ length: writers }, (_, writer) =>
    startWriter({ file, writer, warmUpSeconds, seconds, perSecond }),
  );
  await Promise.all(lined.map(({ ready }) => ready));
  // Whoever still starts takes the processor from those that write.
  const startAt = systemClock.wall() + LINE_UP_MS;
  for (const { begin } of lined) begin(startAt);
  const [reports] = await Promise.all([
    Promise.all(lined.map(({ report }) => report)),
    using.beside?.(startAt + warmUpSeconds * MS_PER_S),
  ]);
  const logBytes = statSync(`${file}-wal`).size;
  open.close();
  const after = balancesOf(file);
  const sum = reports.reduce((all, report) => all + report.sum, 0);
  return {
    booked: reports.reduce((all, report) => all + report.booked, 0),
    errors: reports.flatMap((report) => report.errors),
    tookMs: reports.flatMap((report) => report.tookMs).sort((a, b) => a - b),
    lost: sum - (after.sum - before),
    mismatches: after.mismatches,
    logBytes,
  };
}

function balancesOf(file: string): { readonly sum: number; readonly mismatches: number } {
  const db = openDatabase(file);
  try {
    const sum = v.parse(v.number(), db.prepare(SUM).pluck().get());
    return { sum, mismatches: makePoints(db).mismatches().length };
  } finally {
    db.close();
  }
}

interface Writer {
  readonly ready: Promise<void>;
  begin(startAt: number): void;
  readonly report: Promise<WriterReport>;
}

function startWriter(wish: WriterWish): Writer {
  const child = spawn(process.execPath, [...LEAN_NODE, WRITER, JSON.stringify(wish)]);
  let out = "";
  let err = "";
  let hearReady = () => {};
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
    hearReady();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const report = new Promise<WriterReport>((resolve, reject) => {
    child.once("close", (exitCode) => {
      if (exitCode === 0) resolve(v.parse(Report, out.slice(READY.length)));
      else reject(new Error(`writer ${wish.writer} ended with ${exitCode}: ${err}`));
    });
  });
  const isReady = new Promise<void>((resolve) => {
    hearReady = () => out.startsWith(READY) && resolve();
  });
  return {
    ready: Promise.race([isReady, report.then(() => {})]),
    begin: (startAt) => void child.stdin.end(`${startAt}\n`),
    report,
  };
}
