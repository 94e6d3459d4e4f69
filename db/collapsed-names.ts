/** What moderators have settled, for workers: they only read, and wait for nobody. */
import { createRequire } from "node:module";
import type BetterSqlite3 from "better-sqlite3";
import * as v from "valibot";
import type { Millis } from "../shared/clock.ts";
import { Candidate, DOMAINS, type Domain, type FindCollapsed } from "../shared/crowd/candidate.ts";
import { toCrowdKey } from "../shared/crowd/crowd-key.ts";
import type { ChannelId } from "../shared/ids.ts";
import type { Db } from "./open.ts";

export interface CollapsedNames {
  /** Nothing also while the database can't be read. */
  readonly find: FindCollapsed;
  close(): void;
}

/** Writers don't hinder a reader; for whoever locks the whole file there is the fuzzy search. */
const READ_WAIT_MS: Millis = 5;

/** One row by its primary key, some microseconds; the connection is opened by the first question. */
export function openCollapsedNames(using: {
  readonly file: string;
  readonly scope: string;
  readonly domain: Domain;
}): CollapsedNames {
  let opened: ReturnType<typeof openReader> | undefined;
  const close = () => {
    opened?.close();
    opened = undefined;
  };
  return {
    find(query) {
      try {
        opened ??= openReader(using);
        return opened.find(query);
      } catch {
        // Not there yet, locked, or replaced by a backup: the next question opens it anew.
        close();
        return undefined;
      }
    },
    close,
  };
}

const Row = v.object({
  candidate: v.pipe(v.string(), v.parseJson(), Candidate),
  confirmations: v.number(),
});

function openReader({ file, scope, domain }: Parameters<typeof openCollapsedNames>[0]) {
  const Database: typeof BetterSqlite3 = createRequire(import.meta.url)("better-sqlite3");
  const db: Db = new Database(file, { readonly: true, fileMustExist: true, timeout: READ_WAIT_MS });
  const select = db.prepare(
    `SELECT s.candidate, (SELECT count(*) FROM crowd_confirmations c WHERE c.state_id = s.id) AS confirmations
     FROM crowd_collapses k JOIN crowd_states s ON s.id = k.state_id
     WHERE k.scope = ? AND k.domain = ? AND k.key = ?`,
  );
  const find: FindCollapsed = (query) => {
    const row = select.get(scope, domain, toCrowdKey(query));
    if (row === undefined) return undefined;
    const { candidate, confirmations } = v.parse(Row, row);
    return { title: candidate.title, year: candidate.year, confirmations };
  };
  return { find, close: () => db.close() };
}

/** A name that was settled, and when. */
export interface Settled {
  readonly domain: Domain;
  readonly key: string;
  /** Wall time. */
  readonly at: Millis;
}

const SettledRow = v.object({ domain: v.picklist(DOMAINS), key: v.string(), at: v.number() });

/** What was settled last in that channel and still stands. */
export function findLastSettled(
  db: Db,
  of: { readonly scope: string; readonly channelId: ChannelId },
): Settled | undefined {
  const row = db
    .prepare(
      `SELECT domain, key, at FROM crowd_collapses WHERE scope = ? AND channel_id = ?
       ORDER BY at DESC, domain, key LIMIT 1`,
    )
    .get(of.scope, of.channelId);
  return row === undefined ? undefined : v.parse(SettledRow, row);
}
