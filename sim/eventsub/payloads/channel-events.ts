/** Streams, followers, subscriptions, bits, raids, rewards, shout-outs; shapes as in docs/eventsub/eventsub-subscription-types. */
import type { Happening } from "../../world/happening.ts";
import type { Channel, User, World } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import { toNanoTimestamp } from "../timestamp.ts";
import { inChannel } from "./chat-events.ts";
import { toMessage } from "./message-fragments.ts";
import { toBroadcaster, toNobody, toPerson } from "./person.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

/** docs/api/reference/#send-a-shoutout: one every two minutes, the same channel again after an hour. */
const SHOUTOUT_REST_MS = 2 * 60_000;
const SHOUTOUT_SAME_CHANNEL_REST_MS = 60 * 60_000;
/** Anonymous cheers are made by this account of Twitch's. */
const ANONYMOUS_CHEERER = {
  user_id: "407665396",
  user_login: "ananonymouscheerer",
  user_name: "AnAnonymousCheerer",
};

export function toStreamOnline({ channel, stream }: Of<"stream-online">): Notice {
  return inChannel("stream.online", channel, {
    id: stream.id,
    ...toBroadcaster(channel),
    type: "live",
    started_at: toSeconds(stream.startedAt),
  });
}

export function toStreamOffline({ channel }: Of<"stream-offline">): Notice {
  return inChannel("stream.offline", channel, toBroadcaster(channel));
}

export function toChannelUpdate({ channel }: Of<"channel-updated">): Notice {
  const event = {
    ...toBroadcaster(channel),
    title: channel.title,
    language: channel.language,
    category_id: channel.gameId,
    category_name: channel.gameName,
    content_classification_labels: [],
  };
  return inChannel("channel.update", channel, event, "2");
}

export function toFollow({ channel, user, at }: Of<"followed">): Notice {
  const event = { ...toPerson("user", user), ...toBroadcaster(channel), followed_at: toNanoTimestamp(at) };
  return inChannel("channel.follow", channel, event, "2");
}

/** The first month is a new subscription; later ones come with the message the subscriber shares. */
export function toSubscription(happening: Of<"subscribed">): Notice {
  const { channel, user, tier, months, text, isGift } = happening;
  if (months <= 1) return toNewSubscriber(channel, user, tier, isGift);
  return inChannel("channel.subscription.message", channel, {
    ...toPerson("user", user),
    ...toBroadcaster(channel),
    tier,
    message: { text, emotes: null },
    cumulative_months: months,
    streak_months: null,
    duration_months: 1,
  });
}

export function toGift({ channel, by, to, tier }: Of<"gifted">): readonly Notice[] {
  const gift = inChannel("channel.subscription.gift", channel, {
    ...(by ? toPerson("user", by) : toNobody("user")),
    ...toBroadcaster(channel),
    total: to.length,
    tier,
    cumulative_total: null,
    is_anonymous: by === undefined,
  });
  return [gift, ...to.map((user) => toNewSubscriber(channel, user, tier, true))];
}

function toNewSubscriber(channel: Channel, user: User, tier: string, isGift: boolean): Notice {
  const event = { ...toPerson("user", user), ...toBroadcaster(channel), tier, is_gift: isGift };
  return inChannel("channel.subscribe", channel, event);
}

export function toCheer(world: World, { channel, user, bits, text }: Of<"cheered">): readonly Notice[] {
  const cheer = {
    is_anonymous: user === undefined,
    ...(user ? toPerson("user", user) : toNobody("user")),
    ...toBroadcaster(channel),
    message: text,
    bits,
  };
  const use = {
    ...(user ? toPerson("user", user) : ANONYMOUS_CHEERER),
    ...toBroadcaster(channel),
    bits,
    type: "cheer",
    power_up: null,
    custom_power_up: null,
    message: toMessage(world, text, { hasBits: true }),
  };
  return [inChannel("channel.cheer", channel, cheer), inChannel("channel.bits.use", channel, use)];
}

export function toRaid({ from, to, viewers }: Of<"raided">): Notice {
  return {
    type: "channel.raid",
    version: "1",
    about: { from_broadcaster_user_id: from.owner.id, to_broadcaster_user_id: to.owner.id },
    event: {
      ...toPerson("from_broadcaster_user", from.owner),
      ...toPerson("to_broadcaster_user", to.owner),
      viewers,
    },
  };
}

export function toRedemption({ channel, redemption }: Of<"redeemed">): Notice {
  return {
    type: "channel.channel_points_custom_reward_redemption.add",
    version: "1",
    about: { broadcaster_user_id: channel.owner.id, reward_id: redemption.rewardId },
    event: {
      id: redemption.id,
      ...toBroadcaster(channel),
      ...toPerson("user", redemption.user),
      user_input: redemption.input,
      status: "unfulfilled",
      reward: { id: redemption.rewardId, title: redemption.rewardTitle, cost: redemption.cost, prompt: "" },
      redeemed_at: toNanoTimestamp(redemption.at),
    },
  };
}

export function toShoutout(world: World, { from, to, by, viewers }: Of<"shouted-out">): readonly Notice[] {
  const now = world.clock.now();
  const common = { viewer_count: viewers, started_at: toSeconds(now) };
  const create = {
    ...toBroadcaster(from),
    ...toPerson("moderator_user", by),
    ...toPerson("to_broadcaster_user", to.owner),
    ...common,
    cooldown_ends_at: toSeconds(now + SHOUTOUT_REST_MS),
    target_cooldown_ends_at: toSeconds(now + SHOUTOUT_SAME_CHANNEL_REST_MS),
  };
  const receive = { ...toBroadcaster(to), ...toPerson("from_broadcaster_user", from.owner), ...common };
  return [
    inChannel("channel.shoutout.create", from, create),
    inChannel("channel.shoutout.receive", to, receive),
  ];
}

/** Some events stamp in whole seconds. */
function toSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d{3}Z$/, "Z");
}
