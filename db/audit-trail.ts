/**
 * The audit log for a process that must not wait. Events are written together, a moment after they happened, and tried
 * again while another process writes or the disk is full. A process that is killed in that moment takes at most that
 * moment's events with it; what must be told of if and only if it came about is written by `makeAuditLog` itself.
 */
import type { AuditSource } from "../shared/audit-events.ts";
import type { Clock, Millis } from "../shared/clock.ts";
import { toError } from "../shared/errors.ts";
import type { Logger } from "../shared/log.ts";
import {
  type AuditLog,
  type AuditRecord,
  type AuditWriter,
  makeAuditLog,
  toAuditRecord,
} from "./audit-log.ts";
import type { Db } from "./open.ts";
import { isBusy } from "./write.ts";

export interface AuditTrail extends AuditWriter {
  /** For `status`: why nothing can be written; that another process is at it is none. */
  troubles(): readonly string[];
  /** Writes what is still to be written, waiting its turn as any writer does. */
  stop(): void;
}

const TOGETHER_WITHIN_MS: Millis = 200;
const RETRY_MS: Millis = 2_000;
/** While the disk is full; past that the oldest are lost, and that is said. */
const KEPT_MAX = 2_000;

export function startAuditTrail(using: {
  readonly db: Db;
  readonly source: AuditSource;
  readonly clock: Clock;
  readonly log: Logger;
  /** For whoever tells of troubles when they begin and end. */
  readonly onTrouble?: { begins(problem: string): void; ends(): void };
  /** Asked each time: what is older is deleted. One process of the house does so for all. */
  readonly keepDays?: () => number;
}): AuditTrail {
  const { db, clock, log } = using;
  const auditLog = makeAuditLog(db, using.source, clock.wall);
  let kept: AuditRecord[] = [];
  let lost = 0;
  let isTroubled = false;
  let trouble: string | undefined;
  let cancel: (() => void) | undefined;

  const put = (): boolean => {
    try {
      auditLog.put(kept);
      kept = [];
      if (isTroubled) log.info({ lost }, "the audit log is written again");
      if (trouble !== undefined) using.onTrouble?.ends();
      isTroubled = false;
      trouble = undefined;
      lost = 0;
      return true;
    } catch (problem) {
      if (!isTroubled)
        log.warn({ err: toError(problem) }, "the audit log could not be written; it is tried again");
      isTroubled = true;
      if (!isBusy(problem) && trouble === undefined) {
        trouble = toError(problem).message;
        using.onTrouble?.begins(trouble);
      }
      return false;
    }
  };
  const putSoon = (inMs: Millis) => {
    cancel ??= clock.after(inMs, () => {
      cancel = undefined;
      if (!withoutWaiting(db, put)) putSoon(RETRY_MS);
    });
  };
  const stopTrimming = using.keepDays && startTrimming({ ...using, auditLog, keepDays: using.keepDays });
  return {
    write(event, details, of) {
      kept.push(toAuditRecord(event, details, of, clock.wall()));
      if (kept.length > KEPT_MAX) {
        kept.shift();
        lost += 1;
      }
      putSoon(TOGETHER_WITHIN_MS);
    },
    troubles: () => (trouble === undefined ? [] : [`the audit log can't be written: ${trouble}`]),
    stop() {
      stopTrimming?.();
      cancel?.();
      cancel = undefined;
      if (kept.length > 0 && !put())
        log.error({ lost: lost + kept.length }, "events are missing in the audit log");
    },
  };
}

const TRIM_EVERY_MS: Millis = 60 * 60_000;
/** Between two handfuls: a year's worth that falls due at once holds up nobody. */
const TRIM_ON_MS: Millis = 500;
const TRIMMED_AT_ONCE = 500;
const MS_PER_DAY = 86_400_000;

function startTrimming(using: {
  readonly db: Db;
  readonly auditLog: AuditLog;
  readonly clock: Clock;
  readonly log: Logger;
  readonly keepDays: () => number;
}): () => void {
  const { db, auditLog, clock } = using;
  let cancel = () => {};
  const trim = () => {
    const before = clock.wall() - using.keepDays() * MS_PER_DAY;
    let removed = 0;
    try {
      removed = withoutWaiting(db, () => auditLog.removeOlderThan(before, TRIMMED_AT_ONCE));
    } catch (problem) {
      if (!isBusy(problem)) using.log.warn({ err: toError(problem) }, "old events could not be deleted");
    }
    cancel = clock.after(removed === TRIMMED_AT_ONCE ? TRIM_ON_MS : TRIM_EVERY_MS, trim);
  };
  cancel = clock.after(TRIM_ON_MS, trim);
  return () => cancel();
}

/** Another process's transaction may take a while; a process that must not wait comes again. */
function withoutWaiting<T>(db: Db, run: () => T): T {
  const patienceMs = db.pragma("busy_timeout", { simple: true });
  db.pragma("busy_timeout = 0");
  try {
    return run();
  } finally {
    db.pragma(`busy_timeout = ${Number(patienceMs)}`);
  }
}
