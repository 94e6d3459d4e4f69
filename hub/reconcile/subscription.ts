import type { ChannelId } from "../../shared/ids.ts";
import { type Topic, topicRow } from "../../shared/twitch/topics.ts";

export interface Wanted {
  readonly channelId: ChannelId;
  readonly topic: Topic;
}

/** A subscription as Twitch lists it. */
export interface Seen extends Wanted {
  readonly twitchId: string;
  /** Its session, or its conduit. */
  readonly carrierId: string;
  readonly status: "enabled" | "pending" | "failed";
  /** Twitch's own word for the status: "authorization_revoked" says more than "failed". */
  readonly said: string;
  readonly cost: number;
}

/** What Twitch says of everything that this token has subscribed to. */
export interface Totals {
  readonly total: number;
  readonly totalCost: number;
  readonly maxTotalCost: number;
}

export const wantedKey = (one: Wanted) => `${one.channelId} ${one.topic}`;
export const isAlive = (one: Seen) => one.status !== "failed";
/** What takes somebody's permission is free; the rest costs a point where the broadcaster never authorised us. */
export const mayCost = (topic: Topic) => topicRow(topic).grant.of === "nobody";
