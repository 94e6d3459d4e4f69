/** What is known of all channels, and written behind: what an event changed a moment later, with what others changed. */
import type { ChannelStates } from "../../db/channel-states.ts";
import type { Clock, Millis } from "../../shared/clock.ts";
import { toError } from "../../shared/errors.ts";
import type { ChannelId } from "../../shared/ids.ts";
import type { Logger } from "../../shared/log.ts";
import { type ChannelState, isStoredAlike, recalled, unknownChannel } from "./channel-state.ts";

export interface ChannelMemory {
  find(channelId: ChannelId): ChannelState | undefined;
  /** Also of a channel that nothing is known of. */
  recall(channelId: ChannelId): ChannelState;
  keep(state: ChannelState): void;
  /** Everything is on disk, and nothing is written any more. */
  stop(): void;
}

const STORE_AFTER_MS: Millis = 250;

export function makeChannelMemory(using: {
  readonly store: ChannelStates;
  readonly clock: Clock;
  readonly log: Logger;
}): ChannelMemory {
  const { store, clock, log } = using;
  const states = new Map(store.all().map((one) => [one.channelId, recalled(one)]));
  const changed = new Set<ChannelId>();
  let isStopped = false;
  let isStoreDue = false;
  let cancelStore = () => {};

  const storeNow = () => {
    isStoreDue = false;
    cancelStore();
    try {
      store.put([...changed].flatMap((id) => states.get(id) ?? []));
      changed.clear();
    } catch (thrown) {
      log.warn({ err: toError(thrown) }, "what is known of the channels could not be stored");
    }
  };
  return {
    find: (channelId) => states.get(channelId),
    recall: (channelId) => states.get(channelId) ?? unknownChannel(channelId),
    keep(state) {
      const before = states.get(state.channelId);
      states.set(state.channelId, state);
      if (before && isStoredAlike(before, state)) return;
      changed.add(state.channelId);
      if (isStoreDue || isStopped) return;
      isStoreDue = true;
      cancelStore = clock.after(STORE_AFTER_MS, storeNow);
    },
    stop() {
      isStopped = true;
      if (changed.size > 0) storeNow();
      cancelStore();
    },
  };
}
