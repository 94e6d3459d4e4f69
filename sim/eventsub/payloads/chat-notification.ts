/**
 * channel.chat.notification: what IRC has as USERNOTICE. Every kind has an object of its own, null in all others.
 * Source: docs/eventsub/eventsub-subscription-types/#channelchatnotification.
 */
import type { Happening, Tier } from "../../world/happening.ts";
import type { Channel, User, World } from "../../world/world.ts";
import type { Notice } from "../notice.ts";
import { toBadges } from "./badges.ts";
import { inChannel, NOT_SHARED } from "./chat-events.ts";
import { toMessage } from "./message-fragments.ts";
import { toBroadcaster, toNobody, toPerson } from "./person.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

const KINDS = [
  "sub",
  "resub",
  "sub_gift",
  "community_sub_gift",
  "gift_paid_upgrade",
  "prime_paid_upgrade",
  "pay_it_forward",
  "raid",
  "unraid",
  "announcement",
  "bits_badge_tier",
  "charity_donation",
  "shared_chat_sub",
  "shared_chat_resub",
  "shared_chat_sub_gift",
  "shared_chat_community_sub_gift",
  "shared_chat_gift_paid_upgrade",
  "shared_chat_prime_paid_upgrade",
  "shared_chat_raid",
  "shared_chat_pay_it_forward",
  "shared_chat_announcement",
] as const;

interface Told {
  readonly channel: Channel;
  /** Undefined = anonymous. */
  readonly by: User | undefined;
  readonly kind: (typeof KINDS)[number];
  readonly systemText: string;
  readonly text?: string;
  readonly details: object;
}

const PROFILE_IMAGE_URL =
  "https://static-cdn.jtvnw.net/user-default-pictures-uv/simulated-profile_image-300x300.png";

function toNotification(world: World, { channel, by, kind, systemText, text = "", details }: Told): Notice {
  return inChannel("channel.chat.notification", channel, {
    ...toBroadcaster(channel),
    ...(by ? toPerson("chatter_user", by) : toNobody("chatter_user")),
    chatter_is_anonymous: by === undefined,
    color: by?.color ?? "",
    badges: by ? toBadges(channel, by) : [],
    system_message: systemText,
    message_id: world.random.uuid(),
    message: toMessage(world, text, { hasBits: false }),
    notice_type: kind,
    ...Object.fromEntries(KINDS.map((one) => [one, one === kind ? details : null])),
    ...NOT_SHARED,
  });
}

const toTierWords = (tier: Tier) => `Tier ${tier.slice(0, 1)}`;

export function toSubscriptionNotification(world: World, happening: Of<"subscribed">): Notice {
  const { channel, user, tier, months, text } = happening;
  const system = `${user.displayName} subscribed at ${toTierWords(tier)}.`;
  const common = { sub_tier: tier, is_prime: false, duration_months: 1 };
  if (months <= 1)
    return toNotification(world, {
      channel,
      by: user,
      kind: "sub",
      systemText: system,
      text,
      details: common,
    });
  return toNotification(world, {
    channel,
    by: user,
    kind: "resub",
    systemText: `${system} They've subscribed for ${months} months!`,
    text,
    details: {
      ...common,
      cumulative_months: months,
      streak_months: null,
      is_gift: false,
      gifter_is_anonymous: null,
      ...toNobody("gifter_user"),
    },
  });
}

/** One gift is told alone; several are announced as one and then told one by one under the same id. */
export function toGiftNotifications(
  world: World,
  { channel, by, to, tier }: Of<"gifted">,
): readonly Notice[] {
  const giver = by?.displayName ?? "An anonymous user";
  const giftId = String(world.random.below(1_000_000_000) + 1_000_000_000);
  const gifts = to.map((recipient) =>
    toNotification(world, {
      channel,
      by,
      kind: "sub_gift",
      systemText: `${giver} gifted a ${toTierWords(tier)} sub to ${recipient.displayName}!`,
      details: {
        duration_months: 1,
        cumulative_total: null,
        ...toPerson("recipient_user", recipient),
        sub_tier: tier,
        community_gift_id: to.length > 1 ? giftId : null,
      },
    }),
  );
  if (to.length <= 1) return gifts;
  const announcement = toNotification(world, {
    channel,
    by,
    kind: "community_sub_gift",
    systemText: `${giver} is gifting ${to.length} ${toTierWords(tier)} Subs to ${channel.owner.displayName}'s community!`,
    details: { id: giftId, total: to.length, sub_tier: tier, cumulative_total: null },
  });
  return [announcement, ...gifts];
}

export function toRaidNotification(world: World, { from, to, viewers }: Of<"raided">): Notice {
  return toNotification(world, {
    channel: to,
    by: from.owner,
    kind: "raid",
    systemText: `${viewers} raiders from ${from.owner.displayName} have joined!`,
    details: { ...toPerson("user", from.owner), viewer_count: viewers, profile_image_url: PROFILE_IMAGE_URL },
  });
}

export function toAnnouncementNotification(
  world: World,
  { channel, by, text, color }: Of<"announcement">,
): Notice {
  return toNotification(world, {
    channel,
    by,
    kind: "announcement",
    systemText: "",
    text,
    details: { color: color.toLowerCase() },
  });
}
