/** One channel's events from the moment they are numbered until the worker has dealt with them. */
import type { Clock, Millis } from "../shared/clock.ts";
import type { HubEvent } from "../shared/ipc/hub-worker.ts";

export interface ReplayWindow {
  /** Numbers the event and keeps it. */
  add(event: Omit<HubEvent, "kind" | "seq">): HubEvent;
  /** Everything up to and including this number is dealt with. */
  acknowledge(seq: number): void;
  /** What is kept after `seq`, and the first number from which on nothing is missing. */
  after(seq: number): {
    readonly events: readonly HubEvent[];
    readonly gap: { readonly fromSeq: number; readonly toSeq: number } | undefined;
  };
  unacknowledged(): number;
}

/** A channel with more than this open has a worker that is gone for long. */
export const KEPT_MAX = 2_000;
/** News of an hour ago helps no viewer. */
export const KEPT_MS: Millis = 60 * 60_000;

export function makeReplayWindow(clock: Clock): ReplayWindow {
  let kept: { readonly event: HubEvent; readonly since: Millis }[] = [];
  let lastSeq = 0;
  let acknowledged = 0;
  const trim = () => {
    const oldest = clock.now() - KEPT_MS;
    const surplus = kept.length - KEPT_MAX;
    const firstFresh = kept.findIndex((one, index) => index >= surplus && one.since >= oldest);
    kept = firstFresh === -1 ? [] : kept.slice(firstFresh);
  };
  return {
    add(event) {
      lastSeq += 1;
      const numbered: HubEvent = { kind: "event", seq: lastSeq, ...event };
      kept.push({ event: numbered, since: clock.now() });
      trim();
      return numbered;
    },
    acknowledge(seq) {
      acknowledged = Math.max(acknowledged, Math.min(seq, lastSeq));
      kept = kept.filter(({ event }) => event.seq > acknowledged);
    },
    after(seq) {
      trim();
      const events = kept.map(({ event }) => event).filter((event) => event.seq > seq);
      const firstKept = events[0]?.seq ?? lastSeq + 1;
      const next = Math.max(seq, acknowledged) + 1;
      return { events, gap: firstKept > next ? { fromSeq: next, toSeq: firstKept - 1 } : undefined };
    },
    unacknowledged: () => kept.length,
  };
}
