import type { ChannelId, Login } from "../../shared/ids.ts";
import type { Topic } from "../../shared/twitch/topics.ts";
import type { ReconcilePicture } from "./loop.ts";
import { type Seen, type Totals, wantedKey } from "./subscription.ts";

/** One subscription that is wanted, or that Twitch has. */
export interface SubscriptionRow {
  /** Undefined: Twitch has it for a channel that we know nothing of. */
  readonly channel: Login | undefined;
  readonly channelId: ChannelId;
  readonly topic: Topic;
  /** `elsewhere`: on no connection of now; a dead session's or another installation's. */
  readonly state: "enabled" | "pending" | "missing" | "refused" | "unwanted" | "elsewhere";
  /** In Twitch's points; undefined: there is none yet. */
  readonly cost: number | undefined;
  readonly carrier: string | undefined;
  /** Why it is not simply enabled, in words. */
  readonly reason: string | undefined;
}

export interface SubscriptionTable {
  readonly rows: readonly SubscriptionRow[];
  /** As Twitch last said; undefined before it was asked. */
  readonly totals: Totals | undefined;
}

type Wish = { readonly channel: Login; readonly channelId: ChannelId; readonly topic: Topic };
type Picture = Omit<ReconcilePicture, "lastPassAgoMs">;

/** A drained hub on a conduit, and for minutes what was on a WebSocket that ended. */
const OURS_ELSEWHERE = "ours, and no connection of now delivers it";
const WAITS = "waits its turn";
const NOT_OURS = "on no connection of this hub's: another installation's";

/** Pure: wanted × seen, by channel and topic. */
export function toSubscriptionTable(wanted: readonly Wish[], picture: Picture): SubscriptionTable {
  const alive = picture.seen.filter((one) => one.status !== "failed");
  const seenBy = new Map(alive.map((one) => [wantedKey(one), one]));
  const failedBy = new Map(
    picture.seen.filter((one) => one.status === "failed").map((one) => [wantedKey(one), one]),
  );
  const names = new Map(wanted.map((one) => [one.channelId, one.channel]));
  const wishes = new Map(wanted.map((one) => [wantedKey(one), one]));

  const toWanted = (wish: Wish): SubscriptionRow => {
    const key = wantedKey(wish);
    const { channel, channelId, topic } = wish;
    const seen = seenBy.get(key);
    if (seen)
      return { ...toRow(seen, names), channel, state: seen.status === "pending" ? "pending" : "enabled" };
    const refusal = picture.refusals.get(key);
    const reason =
      refusal?.problem ?? picture.doubts.get(key) ?? failedBy.get(key)?.said ?? picture.problem ?? WAITS;
    const state = refusal ? "refused" : "missing";
    return { channel, channelId, topic, state, cost: undefined, carrier: undefined, reason };
  };
  const rows = [
    ...[...wishes.values()].map(toWanted),
    ...alive
      .filter((one) => !wishes.has(wantedKey(one)) || seenBy.get(wantedKey(one)) !== one)
      .map(
        (one): SubscriptionRow => ({
          ...toRow(one, names),
          state: "unwanted",
          reason: "it is about to be deleted",
        }),
      ),
    ...picture.elsewhere.map(
      (one): SubscriptionRow => ({
        ...toRow(one, names),
        state: "elsewhere",
        reason: picture.isOurs(one.carrierId) ? OURS_ELSEWHERE : NOT_OURS,
      }),
    ),
  ];
  return { rows: rows.sort(byChannelAndTopic), totals: picture.totals };
}

function toRow(seen: Seen, names: ReadonlyMap<ChannelId, Login>) {
  const { channelId, topic, cost, carrierId: carrier } = seen;
  return { channel: names.get(channelId), channelId, topic, cost, carrier, reason: undefined };
}

/** Channels that we know nothing of come last. */
const byChannelAndTopic = (a: SubscriptionRow, b: SubscriptionRow): number =>
  Number(a.channel === undefined) - Number(b.channel === undefined) ||
  (a.channel ?? a.channelId).localeCompare(b.channel ?? b.channelId, "en") ||
  a.topic.localeCompare(b.topic, "en");
