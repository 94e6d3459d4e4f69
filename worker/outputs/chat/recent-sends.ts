/** When this worker spoke lately: whoever counts for the account, the hub or in its absence ourselves, starts from here. */
import type { Clock, Millis } from "../../../shared/clock.ts";
import { SENDS_REMEMBERED_MAX } from "../../../shared/ipc/hub-worker.ts";

export interface RecentSends {
  note(): void;
  /** Monotonic, ascending. */
  sentAt(): readonly Millis[];
}

export function makeRecentSends(clock: Clock): RecentSends {
  const sentAt: Millis[] = [];
  return {
    note() {
      sentAt.push(clock.now());
      if (sentAt.length > SENDS_REMEMBERED_MAX) sentAt.shift();
    },
    sentAt: () => sentAt,
  };
}
