/** Many processes that book points on one database, and what came of it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import * as v from "valibot";
import { openDatabase } from "../db/open.ts";
import { makePoints } from "../db/points.ts";
import { systemClock } from "../shared/clock.ts";
import { checkoutFolder } from "../shared/home.ts";
import { WriterReport, type WriterWish } from "./db-writer.ts";

export interface Written {
  readonly booked: number;
  readonly errors: readonly string[];
  /** Sorted. */
  readonly tookMs: readonly number[];
  /** What the balances lack of what was booked; 0, unless an update was lost. */
  readonly lost: number;
  /** Balances that are not the sum of their entries. */
  readonly mismatches: number;
}

/** A process is up and has opened the database within so long, also beside a hundred others. */
const START_MS = { first: 1_500, each: 60 };
const WRITER = join(checkoutFolder, "bench", "db-writer.ts");
const SUM = "SELECT coalesce(sum(balance), 0) FROM points_balances";

export async function runWriters(using: {
  readonly file: string;
  readonly writers: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Begins when the writers do; its end is waited for. */
  readonly beside?: (startAt: number) => Promise<void>;
}): Promise<Written> {
  const { file, writers, seconds, perSecond } = using;
  openDatabase(file).close();
  const before = balancesOf(file).sum;
  const startAt = systemClock.wall() + START_MS.first + START_MS.each * writers;
  const [reports] = await Promise.all([
    Promise.all(
      Array.from({ length: writers }, (_, writer) =>
        runWriter({ file, writer, startAt, seconds, perSecond }),
      ),
    ),
    using.beside?.(startAt),
  ]);
  const after = balancesOf(file);
  const sum = reports.reduce((all, report) => all + report.sum, 0);
  return {
    booked: reports.reduce((all, report) => all + report.booked, 0),
    errors: reports.flatMap((report) => report.errors),
    tookMs: reports.flatMap((report) => report.tookMs).sort((a, b) => a - b),
    lost: sum - (after.sum - before),
    mismatches: after.mismatches,
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

function runWriter(wish: WriterWish): Promise<WriterReport> {
  const child = spawn(process.execPath, ["--max-semi-space-size=1", WRITER, JSON.stringify(wish)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  return new Promise((resolve, reject) => {
    child.once("close", (exitCode) => {
      if (exitCode === 0) resolve(v.parse(v.pipe(v.string(), v.parseJson(), WriterReport), out));
      else reject(new Error(`writer ${wish.writer} ended with ${exitCode}: ${err}`));
    });
  });
}
