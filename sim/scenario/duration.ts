/** "250ms", "3s", "1m30s", "4h": how scenarios write durations. Pure. */
import * as v from "valibot";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ONE = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;

export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(ONE)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join("") !== text) return undefined;
  const ms = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? Number.NaN),
    0,
  );
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}

/** Milliseconds out. */
export const Duration = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const ms = parseDuration(dataset.value);
    if (ms !== undefined) return ms;
    addIssue({ message: 'a duration is written like "500ms", "3s", "1m30s" or "4h"' });
    return NEVER;
  }),
);

export const DurationAboveZero = v.pipe(Duration, v.minValue(1, "the duration must be above 0"));
