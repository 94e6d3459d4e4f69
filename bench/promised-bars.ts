/** What we promise, beside what was measured. */
export interface Bar {
  readonly what: string;
  /** undefined: there was nothing to measure, which reaches no bar. */
  readonly value: number | undefined;
  readonly bar: number;
  /** The bar is to be passed, not kept below. */
  readonly isFloor?: boolean;
  readonly unit: string;
  readonly digits: number;
}

/** Pure. */
export const isReached = ({ value, bar, isFloor = false }: Pick<Bar, "value" | "bar" | "isFloor">): boolean =>
  value !== undefined && (isFloor ? value >= bar : value <= bar);

/** Pure. */
export function renderBars(bars: readonly Bar[]): string[] {
  const width = Math.max(...bars.map(({ what }) => what.length));
  return bars.map((bar) => {
    const value = bar.value?.toFixed(bar.digits) ?? "nothing";
    const verdict = isReached(bar) ? "reached" : "NOT REACHED";
    return `  ${bar.what.padEnd(width)}  ${value} ${bar.unit}, bar ${bar.isFloor ? "≥" : "≤"} ${bar.bar} ${bar.unit}: ${verdict}`;
  });
}
