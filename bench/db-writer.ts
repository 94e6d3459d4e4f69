/**
 * One process that books points, as a worker does: at a pace, or as fast as it can. Started by `bench db` and by a
 * house test. It says READY once the database is open and one booking is done, begins at the instant it then reads
 * from stdin (wall time), and ends with its report as JSON.
 */
import { once } from "node:events";
import * as v from "valibot";
import { openDatabase } from "../db/open.ts";
import { makePoints } from "../db/points.ts";
import { insistently } from "../db/write.ts";
import { systemClock } from "../shared/clock.ts";
import { ChannelId, UserId } from "../shared/ids.ts";

export const WriterWish = v.object({
  file: v.string(),
  writer: v.number(),
  /** Written before what is measured, at the same pace: what just started is not what one would measure. */
  warmUpSeconds: v.number(),
  seconds: v.number(),
  /** 0: as fast as it can. */
  perSecond: v.number(),
});
export type WriterWish = v.InferOutput<typeof WriterWish>;

export const WriterReport = v.object({
  /** While it was measured. */
  booked: v.number(),
  /** What the balances must have grown by, warm-up and all. */
  sum: v.number(),
  errors: v.array(v.string()),
  tookMs: v.array(v.number()),
});
export type WriterReport = v.InferOutput<typeof WriterReport>;

export const READY = "ready\n";

/** All writers share them: a balance that two change at once is what may get lost. */
const VIEWERS = 40;
const CHANNEL = v.parse(ChannelId, "1");
const ERRORS_KEPT = 5;
/** Of a writer without a pace: so many figures tell as much as all. */
const FIGURES_MAX = 20_000;
const MS_PER_S = 1_000;

async function main(): Promise<void> {
  const wish = v.parse(v.pipe(v.string(), v.parseJson(), WriterWish), process.argv[2]);
  const db = insistently(() => openDatabase(wish.file));
  const points = makePoints(db);
  const clock = systemClock;
  const rest = (ms: number) =>
    new Promise<void>((resolve) => {
      clock.after(Math.max(0, ms), resolve);
    });
  // The first transaction opens what it needs; nothing is booked by a change of 0.
  points.book({ channelId: CHANNEL, userId: v.parse(UserId, "1"), change: 0, reason: "warm-up" });
  process.stdout.write(READY);
  const [startAt] = await once(process.stdin, "data");
  process.stdin.destroy();
  await rest(Number(startAt) - clock.wall());
  const beganAt = clock.now();
  const measuredFrom = beganAt + wish.warmUpSeconds * MS_PER_S;
  const endAt = measuredFrom + wish.seconds * MS_PER_S;
  const report: WriterReport = { booked: 0, sum: 0, errors: [], tookMs: [] };
  for (let turn = 0; ; turn += 1) {
    // Each at its own moment of its own beat, from the first on, as viewers of a hundred channels are.
    const offbeat = ((turn * 13 + wish.writer * 29) % 100) / 100;
    if (wish.perSecond > 0)
      await rest(beganAt + ((turn + offbeat) * MS_PER_S) / wish.perSecond - clock.now());
    if (clock.now() >= endAt) break;
    const userId = v.parse(UserId, String(1 + ((turn * 7 + wish.writer) % VIEWERS)));
    const change = 1 + (turn % 3);
    const since = performance.now();
    const isMeasured = clock.now() >= measuredFrom;
    try {
      const booked = points.book({ channelId: CHANNEL, userId, change, reason: `writer ${wish.writer}` });
      if (isMeasured && report.tookMs.length < FIGURES_MAX) report.tookMs.push(performance.now() - since);
      if (booked.is === "booked") {
        if (isMeasured) report.booked += 1;
        report.sum += change;
      }
    } catch (problem) {
      if (report.errors.length < ERRORS_KEPT) report.errors.push(String(problem));
    }
  }
  db.close();
  process.stdout.write(JSON.stringify(report));
}

if (process.argv[2] !== undefined && import.meta.main) await main();
