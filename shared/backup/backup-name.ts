/** Names of backups: by the instant they are of, so that they sort by age wherever they are copied to. Pure. */
import type { Millis } from "../clock.ts";

export interface BackupName {
  /** Wall time, to the second. */
  readonly at: Millis;
  readonly isEncrypted: boolean;
}

const PATTERN = /^kissbot-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z(?:-\d{1,3})?\.tar\.gz(\.age)?$/;

/** "kissbot-20260102T030405Z.tar.gz.age"; `count`: how many of this second there are already. */
export function toBackupName({ at, isEncrypted }: BackupName, count = 0): string {
  const stamp = new Date(at).toISOString().replace(/[-:]|\.\d+/g, "");
  return `kissbot-${stamp}${count === 0 ? "" : `-${count + 1}`}.tar.gz${isEncrypted ? ".age" : ""}`;
}

/** undefined: not one of ours, and never touched. */
export function parseBackupName(name: string): BackupName | undefined {
  const found = PATTERN.exec(name);
  if (!found) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found.slice(1, 7).map(Number);
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  const isEncrypted = found[7] !== undefined;
  return name.includes(toBackupName({ at, isEncrypted }).slice(0, STAMPED)) ? { at, isEncrypted } : undefined;
}
/** A thirteenth month is no instant: it would come back as another name. */
const STAMPED = "kissbot-20260102T030405Z".length;
