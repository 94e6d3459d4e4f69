import { existsSync } from "node:fs";
import { type AuditLog, makeAuditLog } from "../db/audit-log.ts";
import { findApplied, readMigrations } from "../db/migrate.ts";
import { openDatabase, openReadOnly } from "../db/open.ts";
import { planMigration } from "../db/plan-migration.ts";
import type { Home } from "../shared/home.ts";

/**
 * A backup is no worse for an audit log that cannot be written now; who ordered it is told by the answer anyway. A
 * database of an older schema is left as it is: to migrate it is not for a backup, which may be the one before that.
 */
export function tellAudit(home: Home, tell: (audit: AuditLog) => void): void {
  if (!existsSync(home.database)) return;
  try {
    if (!isUpToDate(home.database)) return;
    const db = openDatabase(home.database);
    try {
      tell(makeAuditLog(db, "backup"));
    } finally {
      db.close();
    }
  } catch {
    // The answer says what is wrong with the database, if that is it.
  }
}

function isUpToDate(file: string): boolean {
  const db = openReadOnly(file);
  try {
    return planMigration(findApplied(db) ?? [], readMigrations()).length === 0;
  } finally {
    db.close();
  }
}
