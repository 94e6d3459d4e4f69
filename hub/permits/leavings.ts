/**
 * Who leaves when, for very many: kept in pieces of time, so that to add one costs the same however many there are.
 * Nobody leaves before its time; up to a piece later.
 */
import type { Millis } from "../../shared/clock.ts";

export interface Leaving {
  readonly leavesAt: Millis;
  readonly count: number;
}

export interface Leavings<L extends Leaving> {
  add(one: L): void;
  /** Takes out all whose time has come. */
  takeUntil(now: Millis, onLeft: (one: L) => void): void;
  /** When somebody leaves next. */
  nextAt(): Millis | undefined;
  /** When the rest counts `most` or less; undefined: it does now. Infinity: never. */
  fallsTo(most: number, isCounted: (one: L) => boolean): Millis | undefined;
}

const PIECE_MS: Millis = 20;

export function makeLeavings<L extends Leaving>(): Leavings<L> {
  /** By the piece at whose end they leave. */
  const pieces = new Map<number, L[]>();
  /** Up to here everybody has been taken out. */
  let takenTo = Number.NEGATIVE_INFINITY;
  const inOrder = () => [...pieces.keys()].sort((a, b) => a - b);

  return {
    add(one) {
      const piece = Math.max(Math.ceil(one.leavesAt / PIECE_MS), takenTo + 1);
      const there = pieces.get(piece);
      if (there) there.push(one);
      else pieces.set(piece, [one]);
    },
    takeUntil(now, onLeft) {
      const last = Math.floor(now / PIECE_MS);
      if (last <= takenTo) return;
      // After a long rest there are fewer pieces than time that has passed.
      const due =
        last - takenTo > pieces.size
          ? [...pieces.keys()].filter((piece) => piece <= last)
          : Array.from({ length: last - takenTo }, (_, index) => takenTo + 1 + index);
      takenTo = last;
      for (const piece of due) {
        for (const one of pieces.get(piece) ?? []) onLeft(one);
        pieces.delete(piece);
      }
    },
    nextAt: () => (pieces.size === 0 ? undefined : Math.min(...pieces.keys()) * PIECE_MS),
    fallsTo(most, isCounted) {
      const sums = inOrder().map((piece) => ({ piece, count: sumOf(pieces.get(piece) ?? [], isCounted) }));
      let rest = sums.reduce((sum, { count }) => sum + count, 0);
      if (rest <= most) return undefined;
      for (const { piece, count } of sums) {
        rest -= count;
        if (rest <= most) return piece * PIECE_MS;
      }
      return Number.POSITIVE_INFINITY;
    },
  };
}

const sumOf = <L extends Leaving>(ones: readonly L[], isCounted: (one: L) => boolean): number =>
  ones.reduce((sum, one) => (isCounted(one) ? sum + one.count : sum), 0);
