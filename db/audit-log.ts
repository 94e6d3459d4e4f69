import * as v from "valibot";
import type { AuditDetails, AuditEventName, AuditSource, AuditValue } from "../shared/audit-events.ts";
import type { Millis } from "../shared/clock.ts";
import { Login } from "../shared/ids.ts";
import type { Db } from "./open.ts";

/** Whom an event is about and who had it done, where that is known. */
export interface AuditSubject {
  readonly channel?: Login | undefined;
  /** A login from chat, a user of the machine. */
  readonly person?: string | undefined;
}

export interface AuditWriter {
  write<Name extends AuditEventName>(event: Name, details: AuditDetails<Name>, of?: AuditSubject): void;
}

export interface AuditEntry {
  readonly at: Millis;
  /** From the table of events; another version may have written others. */
  readonly event: string;
  readonly channel: Login | undefined;
  readonly source: string;
  readonly person: string | undefined;
  readonly details: Readonly<Record<string, Exclude<AuditValue, undefined>>>;
}

export interface AuditWish {
  readonly channel?: Login | undefined;
  /** Wall time; this instant and later. */
  readonly since?: Millis | undefined;
  readonly event?: string | undefined;
  /** The newest so many. */
  readonly countMax: number;
}

/** A row on its way to the table. */
export interface AuditRecord {
  readonly at: Millis;
  readonly event: AuditEventName;
  readonly channel: string | undefined;
  readonly person: string | undefined;
  readonly details: string;
}

/**
 * `write` is on disk when it returns, throws what SQLite throws, and takes part in a transaction that is open: for the
 * command line, and for what must be told of if and only if it came about. A process that must not wait writes through
 * `startAuditTrail`.
 */
export interface AuditLog extends AuditWriter {
  /** All of them or none. */
  put(records: readonly AuditRecord[]): void;
  /** Oldest first. */
  find(wish: AuditWish): readonly AuditEntry[];
  /** At most `countMax`, so that no transaction is long; answers with how many. */
  removeOlderThan(at: Millis, countMax: number): number;
}

const Row = v.object({
  at: v.number(),
  event: v.string(),
  channel: v.nullable(Login),
  source: v.string(),
  person: v.nullable(v.string()),
  details: v.string(),
});
const Details = v.pipe(
  v.string(),
  v.parseJson(),
  v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
);
/** An exit's last words, a list of changes: what is longer stands in the logs. */
const TEXT_MAX = 500;

export function makeAuditLog(db: Db, source: AuditSource, wall: () => Millis = Date.now): AuditLog {
  const insert = db.prepare(
    "INSERT INTO audit_log (at, event, channel, source, person, details) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const select = db.prepare(
    `SELECT at, event, channel, source, person, details FROM audit_log
     WHERE (@channel IS NULL OR channel = @channel) AND (@event IS NULL OR event = @event) AND at >= @since
     ORDER BY at DESC, position DESC LIMIT @countMax`,
  );
  const remove = db.prepare(
    "DELETE FROM audit_log WHERE position IN (SELECT position FROM audit_log WHERE at < ? ORDER BY at LIMIT ?)",
  );
  const insertOne = ({ at, event, channel, person, details }: AuditRecord) =>
    insert.run(at, event, channel ?? null, source, person ?? null, details);
  const insertAll = db.transaction((records: readonly AuditRecord[]) => records.forEach(insertOne));
  return {
    write: (event, details, of) => void insertOne(toAuditRecord(event, details, of, wall())),
    put: (records) => insertAll.immediate(records),
    find: ({ channel, since, event, countMax }) =>
      select
        .all({ channel: channel ?? null, event: event ?? null, since: since ?? 0, countMax })
        .map((raw) => toEntry(v.parse(Row, raw)))
        .reverse(),
    removeOlderThan: (at, countMax) => remove.run(at, countMax).changes,
  };
}

/** Pure. */
export function toAuditRecord<Name extends AuditEventName>(
  event: Name,
  details: AuditDetails<Name>,
  { channel, person }: AuditSubject = {},
  at: Millis,
): AuditRecord {
  const cut = (_key: string, value: unknown) =>
    typeof value === "string" && value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}…` : value;
  return { at: Math.round(at), event, channel, person, details: JSON.stringify(details, cut) };
}

function toEntry({ at, event, channel, source, person, details }: v.InferOutput<typeof Row>): AuditEntry {
  const parsed = v.safeParse(Details, details);
  return {
    at,
    event,
    channel: channel ?? undefined,
    source,
    person: person ?? undefined,
    details: parsed.success ? parsed.output : {},
  };
}
