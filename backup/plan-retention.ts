import type { ShelvedBackup } from "../shared/backup/shelf.ts";
import type { Millis } from "../shared/clock.ts";

const MS_PER_DAY = 86_400_000;
/** Whoever makes some by hand today, before and after a change, shall find them tomorrow. */
const ALL_KEPT_MS: Millis = 2 * MS_PER_DAY;

/**
 * Pure: which are let go. Kept are all of the last two days, the newest of each of the last days and weeks that have
 * one, and, whatever their age, the newest, the newest that is not known to be damaged, and the newest that was proved.
 */
export function planRetention<B extends Pick<ShelvedBackup, "at" | "note">>(
  backups: readonly B[],
  policy: { readonly keepDaily: number; readonly keepWeekly: number; readonly now: Millis },
): readonly B[] {
  const newestFirst = backups.toSorted((a, b) => b.at - a.at);
  const kept = new Set<B | undefined>([
    newestFirst[0],
    newestFirst.find(({ note }) => note?.proof?.is !== "damaged"),
    newestFirst.find(({ note }) => note?.proof?.is === "right"),
    ...newestFirst.filter(({ at }) => policy.now - at < ALL_KEPT_MS),
    ...newestOfEach(newestFirst, ({ at }) => Math.floor(at / MS_PER_DAY), policy.keepDaily),
    // 1970 began on a Thursday: weeks begin on a Monday, as ISO's do.
    ...newestOfEach(newestFirst, ({ at }) => Math.floor((at / MS_PER_DAY + 3) / 7), policy.keepWeekly),
  ]);
  return newestFirst.filter((backup) => !kept.has(backup));
}

function newestOfEach<B>(
  newestFirst: readonly B[],
  spanOf: (backup: B) => number,
  count: number,
): readonly B[] {
  const spans = new Map<number, B>();
  for (const backup of newestFirst) {
    const span = spanOf(backup);
    if (!spans.has(span)) spans.set(span, backup);
  }
  return [...spans.values()].slice(0, count);
}
