/** The crowd's knowledge, put together on the first question about it: a house that never asks never loads this. */
import { makeAuditLog } from "../../db/audit-log.ts";
import { makeCrowdBook } from "../../db/crowd.ts";
import type { Db } from "../../db/open.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import type { CrowdPapers } from "../../shared/crowd/crowd-papers.ts";
import { toError } from "../../shared/errors.ts";
import type { GameEnd, GameWanted } from "../../shared/ipc/game-words.ts";
import type { Logger } from "../../shared/log.ts";
import { makeMusicBrainz } from "../music/musicbrainz.ts";
import { type CrowdDesk, makeCrowdDesk } from "./crowd-desk.ts";
import { closedSource, type DomainSource } from "./domain-source.ts";
import { makeGameSource } from "./game-source.ts";
import { openNearTitles } from "./near-titles.ts";

/** What is over by its age is never shown; this only makes room. */
const CLEAR_EVERY_MS: Millis = 3_600_000;

export interface Crowd {
  readonly ask: CrowdDesk;
  stop(): void;
}

export function startCrowd(using: {
  readonly db: Db;
  readonly papers: CrowdPapers;
  readonly findGame: (wanted: GameWanted) => Promise<GameEnd>;
  /** The engine's index of titles. */
  readonly indexFile: string;
  readonly clock: Clock;
  readonly log: Logger;
}): Crowd {
  const { db, papers, clock, log } = using;
  const book = makeCrowdBook(db);
  const clear = () => {
    try {
      const evaporated = book.clear(clock.wall());
      if (evaporated > 0) log.info({ evaporated }, "what nobody confirmed has evaporated");
    } catch (problem) {
      // A full disk, another process's long transaction: the next hour is soon enough.
      log.warn({ err: toError(problem) }, "what has evaporated could not be cleared away");
    }
  };
  const titles = openNearTitles({ file: using.indexFile, log });
  const game = makeGameSource({ find: using.findGame, near: titles.near, clock });
  const cancel = clock.every(CLEAR_EVERY_MS, clear);
  clear();
  return {
    ask: makeCrowdDesk({
      book,
      audit: makeAuditLog(db, "hub", clock.wall),
      sources: { game, music: openMusic(papers, using) },
      papers,
      clock,
    }),
    stop() {
      cancel();
      titles.close();
    },
  };
}

function openMusic(
  { music }: CrowdPapers,
  using: { readonly clock: Clock; readonly log: Logger },
): DomainSource {
  if (!music) return closedSource;
  return makeMusicBrainz({
    ...using,
    url: music.url,
    userAgent: `KissBot/1.0 ( ${music.contact} )`,
    fetch,
  });
}
