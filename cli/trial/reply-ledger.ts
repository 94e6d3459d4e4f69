/**
 * Which chat line got which reply, and how fast. The bot answers people by name ("@Name …"): its line answers the
 * oldest command of that person in that channel which has no answer yet. Pure but for its own memory.
 */
import type { Millis } from "../../shared/clock.ts";
import type { ChatLine } from "./sim-feed.ts";

export interface ReplyLedger {
  /** Tells it every line in order; answers with how long the reply took, when the line is one. */
  hear(line: ChatLine): { readonly afterMs: Millis } | undefined;
  /** Lines of people. */
  seen(): number;
  latencies(): readonly Millis[];
  unanswered(): number;
}

/** A reply later than this belongs to something else. */
const REPLY_WITHIN_MS: Millis = 30_000;
const ADDRESSED = /^@(\w{1,25})\b/;

export function makeReplyLedger(botLogin: string, prefix: string): ReplyLedger {
  const latencies: Millis[] = [];
  const open = new Map<string, number[]>();
  let seen = 0;
  const keyOf = (line: ChatLine, login: string) => `${line.channel} ${login.toLowerCase()}`;
  return {
    hear(line) {
      if (line.user !== botLogin) {
        seen += 1;
        if (line.text.startsWith(prefix)) {
          const key = keyOf(line, line.user);
          open.set(key, [...(open.get(key) ?? []), line.atMs]);
        }
        return undefined;
      }
      const asker = ADDRESSED.exec(line.text)?.[1];
      const waiting = asker === undefined ? undefined : open.get(keyOf(line, asker));
      const young = waiting?.filter((askedAt) => line.atMs - askedAt <= REPLY_WITHIN_MS);
      const askedAt = young?.shift();
      if (askedAt === undefined || young === undefined || asker === undefined) return undefined;
      open.set(keyOf(line, asker), young);
      const afterMs = line.atMs - askedAt;
      latencies.push(afterMs);
      return { afterMs };
    },
    seen: () => seen,
    latencies: () => latencies,
    unanswered: () => [...open.values()].reduce((sum, list) => sum + list.length, 0),
  };
}
