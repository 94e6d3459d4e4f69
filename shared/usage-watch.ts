/**
 * What this process costs, for beats, the system log, metrics and !stats. One watch serves all who ask, because each
 * of them alone would wake the process; an idle one is not woken at all.
 */
import type { Clock, Millis } from "./clock.ts";
import { BEAT_EVERY_MS, type Usage } from "./ipc/supervisor-child.ts";
import { makeSpread, type Spread, watchTurns } from "./loop-turns.ts";

/** With the beats, so that both fall into one turn of the loop. */
const LOOK_EVERY_MS: Millis = BEAT_EVERY_MS;
/** A beat out of turn comes right after another: what a few milliseconds cost says nothing of a process. */
const SPAN_MIN_MS: Millis = 1_000;
/** Memory changes slowly and asking costs more than the rest of a beat. */
const MEMORY_EVERY_MS: Millis = 30_000;
const BYTES_PER_KB = 1_024;
const MICROS_PER_MS = 1_000;

export interface UsageReader {
  /** Since the last `take`, which it does not disturb. */
  now(): Usage;
  /** Since the last `take`; begins a new span. Too soon after it the last figures are told again, and the span goes on. */
  take(): Usage;
}

export interface UsageWatch {
  /** Each has a span of its own: what one takes, the others still see. */
  reader(): UsageReader;
  stop(): void;
}

export function startUsageWatch(clock: Clock): UsageWatch {
  const spreads: Spread[] = [];
  const late = (ms: Millis) => {
    for (const spread of spreads) spread.add(ms);
  };
  const stopTurns = watchTurns(late);
  // Turns say nothing of the time in which the machine let us wait though there was work; being called late does.
  let lookedAt = clock.now();
  const stopLooks = clock.every(LOOK_EVERY_MS, () => {
    const now = clock.now();
    late(Math.max(0, now - lookedAt - LOOK_EVERY_MS));
    lookedAt = now;
  });
  const memory = makeMemoryFigures(clock);

  return {
    reader() {
      const spread = makeSpread();
      spreads.push(spread);
      let since = clock.now();
      let cpuMsBefore = readCpuMs();
      let taken: Usage | undefined;
      const read = (at: Millis, cpuMs: Millis): Usage => ({
        lagMs: Math.round(spread.max()),
        lagP99Ms: Math.round(spread.percentile(0.99)),
        cpuPercent: at > since ? Math.round((1_000 * (cpuMs - cpuMsBefore)) / (at - since)) / 10 : 0,
        ...memory(),
      });
      return {
        now: () => read(clock.now(), readCpuMs()),
        take() {
          const [at, cpuMs] = [clock.now(), readCpuMs()];
          if (taken && at - since < SPAN_MIN_MS) return taken;
          const usage = read(at, cpuMs);
          taken = usage;
          spread.reset();
          since = at;
          cpuMsBefore = cpuMs;
          return usage;
        },
      };
    },
    stop() {
      stopTurns();
      stopLooks();
    },
  };
}

function readCpuMs(): Millis {
  const { user, system } = process.cpuUsage();
  return (user + system) / MICROS_PER_MS;
}

type MemoryFigures = Pick<Usage, "heapKb" | "rssKb" | "handles">;

function makeMemoryFigures(clock: Clock): () => MemoryFigures {
  let figures: MemoryFigures | undefined;
  let at: Millis = 0;
  return () => {
    if (figures && clock.now() - at < MEMORY_EVERY_MS) return figures;
    const { heapUsed, rss } = process.memoryUsage();
    at = clock.now();
    figures = {
      heapKb: Math.round(heapUsed / BYTES_PER_KB),
      rssKb: Math.round(rss / BYTES_PER_KB),
      handles: process.getActiveResourcesInfo().length,
    };
    return figures;
  };
}
