import type { Socket } from "node:net";
import { type Clock, type Millis, systemClock } from "../clock.ts";

/**
 * Gathers everything written to a socket until the loop has heard what waits to be heard, and then writes it in one
 * piece: one system call and one waking of the peer for a whole burst. Waking the peers is what costs: at 100
 * processes this makes twice the messages per second.
 */
export interface CorkedWriter {
  write(text: string): void;
  /** Characters that the socket has not been given yet. */
  pending(): number;
  /** Gives them to the socket now: before it is ended. */
  flush(): void;
}

/** When the writers of a process are flushed: all together, one immediate for a turn of the loop. */
export interface FlushRounds {
  /** Called for every message. `isFirst`: the writer had nothing before. */
  add(writer: PacedWriter, isFirst: boolean): void;
}

export interface PacedWriter {
  pending(): number;
  flush(): void;
  /** When it was flushed last. */
  flushedAt: Millis;
}

/**
 * In a flood over many sockets each turn brings each of them a message or none. Then a socket that was written to a
 * moment ago waits for more, and the longer the greater the flood; one that was quiet is written to at once, flood or
 * not. A hundred processes that are woken for one message each have no time for anything else: at 60 ms they pass
 * half as much again as at 20. What waits here dies with the process.
 */
export const FLOOD_PACE_MS = { least: 20, most: 60 } as const;
/** So many messages a millisecond, over all sockets, are a flood. */
export const FLOOD_RATE = 4;
/** How much waiting each of these is worth. */
const PACE_MS_PER_RATE = 5;
/** The rate is taken over so long. */
const COUNTED_FOR_MS: Millis = 20;
/** So much is worth a write of its own. */
export const FULL_CHARS = 16 * 1024;

export function makeFlushRounds(clock: Pick<Clock, "now" | "after">): FlushRounds {
  let waiting: PacedWriter[] = [];
  let isRoundSet = false;
  let lateRoundAt = Number.POSITIVE_INFINITY;
  let cancelLateRound = () => {};
  let messages = 0;
  let countedSince = Number.NEGATIVE_INFINITY;
  /** 0: there is no flood. */
  let paceMs: Millis = 0;

  const judge = (now: Millis) => {
    const forMs = now - countedSince;
    const pace = paceFor(messages / Math.max(forMs, COUNTED_FOR_MS));
    if (forMs < COUNTED_FOR_MS) {
      // Whether it is over is seen at the end of the while only.
      paceMs = Math.max(paceMs, pace);
      return;
    }
    paceMs = pace;
    messages = 0;
    countedSince = now;
  };
  const isDue = (writer: PacedWriter, now: Millis) =>
    now >= writer.flushedAt + paceMs || writer.pending() >= FULL_CHARS;
  /** A flood goes on as a rule, and its next turn looks again; should it end here, this does. */
  const setLateRound = (now: Millis) => {
    let at = Number.POSITIVE_INFINITY;
    for (const { flushedAt } of waiting) at = Math.min(at, flushedAt + paceMs);
    if (at >= lateRoundAt) return;
    cancelLateRound();
    lateRoundAt = at;
    cancelLateRound = clock.after(at - now, () => {
      lateRoundAt = Number.POSITIVE_INFINITY;
      round();
    });
  };
  const round = () => {
    isRoundSet = false;
    const now = clock.now();
    judge(now);
    const all = waiting;
    waiting = [];
    for (const writer of all) {
      if (isDue(writer, now)) {
        writer.flushedAt = now;
        writer.flush();
      } else waiting.push(writer);
    }
    setLateRound(now);
  };
  return {
    add(writer, isFirst) {
      messages += 1;
      if (isFirst) waiting.push(writer);
      if (isRoundSet) return;
      isRoundSet = true;
      setImmediate(round);
    },
  };
}

/** Pure; whole milliseconds, so that what is set for then is due then. `rate`: messages a millisecond. */
function paceFor(rate: number): Millis {
  if (rate < FLOOD_RATE) return 0;
  return Math.min(FLOOD_PACE_MS.most, Math.max(FLOOD_PACE_MS.least, Math.round(rate * PACE_MS_PER_RATE)));
}

const houseRounds = makeFlushRounds(systemClock);

export function makeCorkedWriter(
  socket: Pick<Socket, "write" | "writable">,
  rounds: FlushRounds = houseRounds,
): CorkedWriter {
  let text = "";
  const writer: PacedWriter = {
    flushedAt: Number.NEGATIVE_INFINITY,
    pending: () => text.length,
    flush() {
      const whole = text;
      text = "";
      if (whole !== "" && socket.writable) socket.write(whole);
    },
  };
  return {
    write(more) {
      const isFirst = text === "";
      text += more;
      rounds.add(writer, isFirst);
    },
    pending: writer.pending,
    flush: writer.flush,
  };
}
