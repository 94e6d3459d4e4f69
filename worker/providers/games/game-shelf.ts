/** What this process can answer about games by itself: from its memory, else from a row of the database, never waiting for either. */
import { LRUCache } from "lru-cache";
import type { CacheUse, GameCacheReader } from "../../../db/game-cache-reader.ts";
import type { StoredAnswer } from "../../../db/stored-answer.ts";
import type { Clock, Millis } from "../../../shared/clock.ts";
import type { GameHits } from "../../../shared/ipc/game-words.ts";

export type Shelved = Exclude<StoredAnswer, { is: "unknown" }>;

export interface GameShelf {
  /** `from`: where it stood. */
  find(question: string): { readonly answer: Shelved; readonly from: "memory" | "database" } | undefined;
  put(question: string, answer: Shelved): void;
  /** With what this process has counted and not told yet. */
  use(): CacheUse | undefined;
  close(): void;
}

/** Some two kilobytes each. */
const AT_HAND_MAX = 256;
/** In memory for so long: the row in the database is looked at again then. */
const AT_HAND_MS: Millis = 10 * 60_000;
/** Another worker, or a moderator, may have learnt better. */
const DOUBTS_AT_HAND_MS: Millis = 60_000;
const TELL_EVERY_MS: Millis = 15_000;
const KEYS_TOLD_MAX = 500;

export function makeGameShelf(using: {
  readonly reader: GameCacheReader;
  readonly clock: Clock;
  /** Tells the hub, which writes it down. */
  readonly tell: (hits: GameHits) => "sent" | "closed";
}): GameShelf {
  const { reader, clock } = using;
  const atHand = new LRUCache<string, { readonly answer: Shelved; readonly until: Millis }>({
    max: AT_HAND_MAX,
  });
  const hits = new Map<string, number>();
  let misses = 0;
  let cancelTelling: (() => void) | undefined;

  const tell = () => {
    cancelTelling = undefined;
    const told = [...hits].slice(0, KEYS_TOLD_MAX);
    if (told.length === 0 && misses === 0) return;
    const counted = told.map(([key, count]) => ({ key, count }));
    if (using.tell({ kind: "game-hits", hits: counted, misses }) === "closed") return tellSoon();
    for (const [key] of told) hits.delete(key);
    misses = 0;
    if (hits.size > 0) tellSoon();
  };
  const tellSoon = () => {
    cancelTelling ??= clock.after(TELL_EVERY_MS, tell);
  };
  const count = (answer: Shelved | undefined) => {
    if (answer?.is === "game") hits.set(answer.key, (hits.get(answer.key) ?? 0) + 1);
    else if (!answer) misses += 1;
    else return;
    tellSoon();
  };
  const put = (question: string, answer: Shelved) => {
    const now = clock.now();
    const until = now + (answer.is === "game" ? AT_HAND_MS : DOUBTS_AT_HAND_MS);
    atHand.set(question, { answer, until });
  };
  return {
    find(question) {
      const kept = atHand.get(question);
      if (kept && kept.until > clock.now()) {
        count(kept.answer);
        return { answer: kept.answer, from: "memory" };
      }
      const stored = reader.find(question, clock.wall());
      const answer = stored.is === "unknown" ? undefined : stored;
      count(answer);
      if (!answer) return undefined;
      put(question, answer);
      return { answer, from: "database" };
    },
    put,
    use() {
      const stored = reader.use(clock.wall());
      if (!stored) return undefined;
      const untold = [...hits.values()].reduce((sum, one) => sum + one, 0);
      return { ...stored, hits: stored.hits + untold, misses: stored.misses + misses };
    },
    close() {
      cancelTelling?.();
      tell();
      cancelTelling?.();
      reader.close();
    },
  };
}
