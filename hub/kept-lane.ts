/** Events in the order of their numbers, bounded by count and age: the oldest go first. Every step costs the same, however many are kept. */
import type { Millis } from "../shared/clock.ts";
import type { HubEvent } from "../shared/ipc/hub-worker.ts";
import type { Encoded } from "../shared/ipc/wire.ts";

export interface KeptEvent {
  readonly seq: number;
  readonly id: string;
  readonly message: Encoded<HubEvent>;
  /** When it reached us, monotonic. */
  readonly since: Millis;
  /** Where the journal has it, once it has. */
  position: number | undefined;
}

export interface LaneBounds {
  readonly countMax: number;
  readonly ageMaxMs: Millis;
}

export interface KeptLane {
  readonly bounds: LaneBounds;
  push(event: KeptEvent): void;
  first(): KeptEvent | undefined;
  dropFirst(): void;
  /** The first with a number above this one. */
  firstAfter(seq: number): KeptEvent | undefined;
  size(): number;
}

/** So many empty places in front are worth being cleared away. */
const HOLES_MAX = 64;

export function makeKeptLane(bounds: LaneBounds): KeptLane {
  const places: (KeptEvent | undefined)[] = [];
  let head = 0;

  /** Binary: numbers rise, but are not without holes. */
  const findAfter = (seq: number): number => {
    let low = head;
    let high = places.length;
    // As a rule what is looked for came last.
    const newest = places[high - 1];
    if (low === high || !newest || newest.seq <= seq) return high;
    const before = places[high - 2];
    if (!before || before.seq <= seq) return high - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((places[middle]?.seq ?? 0) > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    bounds,
    push: (event) => void places.push(event),
    first: () => places[head],
    dropFirst() {
      if (head === places.length) return;
      places[head] = undefined;
      head += 1;
      // At least half of the list is holes then: each event is moved once on average.
      if (head === places.length || (head > HOLES_MAX && head * 2 > places.length)) {
        places.splice(0, head);
        head = 0;
      }
    },
    firstAfter: (seq) => places[findAfter(seq)],
    size: () => places.length - head,
  };
}
