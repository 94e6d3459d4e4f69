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
 * moment ago waits for more, so long at most; one that was quiet is written to at once, flood or not.
 */
export const FLOOD_PACE_MS: Millis = 20;
/** So many messages within `FLOOD_PACE_MS`, over all sockets, are a flood. */
export const FLOOD_MESSAGES = 80;
/** So much is worth a write of its own. */
export const FULL_CHARS = 16 * 1024;

export function makeFlushRounds(clock: Pick<Clock, "now" | "after">): FlushRounds {
  let waiting: PacedWriter[] = [];
  let isRoundSet = false;
  let lateRoundAt = Number.POSITIVE_INFINITY;
  let cancelLateRound = () => {};
  let messages = 0;
  let countedSince = Number.NEGATIVE_INFINITY;
  let isFlood = false;

  const judge = (now: Millis) => {
    const forMs = now - countedSince;
    const isSoMany = messages * FLOOD_PACE_MS >= FLOOD_MESSAGES * Math.max(forMs, FLOOD_PACE_MS);
    if (forMs < FLOOD_PACE_MS) {
      // Whether it is over is seen at the end of the while only.
      isFlood ||= isSoMany;
      return;
    }
    isFlood = isSoMany;
    messages = 0;
    countedSince = now;
  };
  const isDue = (writer: PacedWriter, now: Millis) =>
    !isFlood || now - writer.flushedAt >= FLOOD_PACE_MS || writer.pending() >= FULL_CHARS;
  /** A flood goes on as a rule, and its next turn looks again; should it end here, this does. */
  const setLateRound = (now: Millis) => {
    let at = Number.POSITIVE_INFINITY;
    for (const { flushedAt } of waiting) at = Math.min(at, flushedAt + FLOOD_PACE_MS);
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
