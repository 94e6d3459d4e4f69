/** Wishes, rows of Twitch's list, and places for them, in one line each. */
import * as v from "valibot";
import type { CarrierFacts } from "../../hub/eventsub/transport.ts";
import type { Seen, Wanted } from "../../hub/reconcile/subscription.ts";
import { ChannelId } from "../../shared/ids.ts";
import type { TransportKind } from "../../shared/twitch/can-carry.ts";
import type { Topic } from "../../shared/twitch/topics.ts";

let lastId = 0;

export const want = (channel: string, topic: Topic): Wanted => ({
  channelId: v.parse(ChannelId, channel),
  topic,
});

export function have(channel: string, topic: Topic, more: Partial<Seen> = {}): Seen {
  const status = more.status ?? "enabled";
  return {
    twitchId: `t${++lastId}`,
    carrierId: "now",
    status,
    said: status === "failed" ? "authorization_revoked" : status,
    cost: 0,
    ...more,
    ...want(channel, topic),
  };
}

export function placesOf(using: {
  readonly current: readonly string[];
  readonly retiring?: readonly string[];
  readonly ours?: readonly string[];
  readonly method?: TransportKind;
  readonly capacity?: number;
  readonly carriersMax?: number;
  readonly areShared?: boolean;
}): CarrierFacts {
  const { capacity = 300, method = "websocket" } = using;
  const toCarrier = (id: string) => ({ id, method, capacity });
  const ours = new Set(using.ours ?? [...using.current, ...(using.retiring ?? [])]);
  return {
    current: using.current.map(toCarrier),
    retiring: (using.retiring ?? []).map(toCarrier),
    limits: { carriers: using.carriersMax ?? 3, capacity, areShared: using.areShared ?? true },
    nameOf: (id) => id,
    isOurs: (id) => ours.has(id),
  };
}
