/** USERNOTICE: what Twitch itself tells a room about subscriptions, gifts, raids and announcements. */
import type { Happening, Tier } from "../world/happening.ts";
import type { Channel, User, World } from "../world/world.ts";
import { isVip, toStateTags } from "./chatter-tags.ts";
import { toEmotesTag } from "./emotes.ts";
import { SERVER_NAME, type ServerLine } from "./irc-line.ts";
import type { RoomMemory } from "./room-memory.ts";
import { toChannelName } from "./server-lines.ts";

type Of<Kind extends Happening["kind"]> = Extract<Happening, { kind: Kind }>;

/** Who gives when nobody wants to be named: an account of Twitch's own. */
const ANONYMOUS_GIFTER = { id: "274598607", login: "ananonymousgifter", displayName: "AnAnonymousGifter" };

interface Told {
  readonly channel: Channel;
  /** Undefined = anonymous. */
  readonly by: User | undefined;
  readonly kind: string;
  readonly systemText: string;
  readonly text?: string;
  readonly params: Readonly<Record<string, string>>;
}

function toUserNotice(world: World, told: Told): ServerLine {
  const { channel, by, text = "" } = told;
  const params = Object.entries(told.params).map(([key, value]) => [`msg-param-${key}`, value]);
  const who = by ?? ANONYMOUS_GIFTER;
  return {
    needs: "commands",
    tags: {
      ...(by ? toStateTags(channel, by) : ANONYMOUS_STATE_TAGS),
      emotes: toEmotesTag(text),
      flags: "",
      id: world.random.uuid(),
      login: who.login,
      "msg-id": told.kind,
      "room-id": channel.owner.id,
      "system-msg": told.systemText,
      "tmi-sent-ts": String(world.clock.now()),
      "user-id": who.id,
      vip: by && isVip(channel, by) ? "1" : "0",
      ...Object.fromEntries(params),
    },
    prefix: SERVER_NAME,
    command: "USERNOTICE",
    params: [toChannelName(channel)],
    ...(text !== "" && { trailing: text }),
  };
}

const ANONYMOUS_STATE_TAGS = {
  "badge-info": "",
  badges: "",
  color: "",
  "display-name": ANONYMOUS_GIFTER.displayName,
  mod: "0",
  subscriber: "0",
  "user-type": "",
};

const toTierWords = (tier: Tier) => `Tier ${tier.slice(0, 1)}`;
const toPlanName = (channel: Channel) => `Channel Subscription (${channel.owner.login})`;
/** Digits only, as Twitch's own gift ids are. */
const makeGiftId = (world: World) => Array.from({ length: 19 }, () => 1 + world.random.below(9)).join("");

export function toSubscription(world: World, happening: Of<"subscribed">): ServerLine {
  const { channel, user, tier, months, text } = happening;
  const isFirst = months <= 1;
  const system = `${user.displayName} subscribed at ${toTierWords(tier)}.`;
  return toUserNotice(world, {
    channel,
    by: user,
    kind: isFirst ? "sub" : "resub",
    systemText: isFirst ? system : `${system} They've subscribed for ${months} months!`,
    text,
    params: {
      "cumulative-months": String(months),
      months: "0",
      "multimonth-duration": "1",
      "multimonth-tenure": "0",
      "should-share-streak": "0",
      "sub-plan": tier,
      "sub-plan-name": toPlanName(channel),
      "was-gifted": "false",
    },
  });
}

/** One gift is told alone; several are announced as one and then told one by one under the same id. */
export function toGifts(world: World, memory: RoomMemory, happening: Of<"gifted">): readonly ServerLine[] {
  const { channel, by, to } = happening;
  const total = by ? memory.addGifts(channel, by.id, to.length) : 0;
  const giftId = makeGiftId(world);
  const [only, ...others] = to;
  if (!only) return [];
  if (others.length === 0) return [toGift(world, happening, only, { giftId, total, isPart: false })];
  return [
    toGiftAnnouncement(world, happening, giftId, total),
    ...to.map((recipient) => toGift(world, happening, recipient, { giftId, total: 0, isPart: true })),
  ];
}

function toGiftAnnouncement(
  world: World,
  { channel, by, to, tier }: Of<"gifted">,
  giftId: string,
  total: number,
): ServerLine {
  const what = `gifting ${to.length} ${toTierWords(tier)} Subs to ${channel.owner.displayName}'s community!`;
  return toUserNotice(world, {
    channel,
    by,
    kind: "submysterygift",
    systemText: by
      ? `${by.displayName} is ${what} They've gifted a total of ${total} in the channel!`
      : `An anonymous user is ${what}`,
    params: {
      "community-gift-id": giftId,
      "mass-gift-count": String(to.length),
      "origin-id": giftId,
      "sub-plan": tier,
      ...(by && { "sender-count": String(total) }),
    },
  });
}

function toGift(
  world: World,
  { channel, by, tier }: Of<"gifted">,
  recipient: User,
  gift: { readonly giftId: string; readonly total: number; readonly isPart: boolean },
): ServerLine {
  const giver = by?.displayName ?? "An anonymous user";
  const what = `${giver} gifted a ${toTierWords(tier)} sub to ${recipient.displayName}!`;
  const given = `They have given ${gift.total} Gift Subs in the channel!`;
  return toUserNotice(world, {
    channel,
    by,
    kind: "subgift",
    systemText: gift.total > 1 ? `${what} ${given}` : what,
    params: {
      "gift-months": "1",
      months: String(channel.subscribers.get(recipient.id)?.months ?? 1),
      "origin-id": gift.giftId,
      "recipient-display-name": recipient.displayName,
      "recipient-id": recipient.id,
      "recipient-user-name": recipient.login,
      "sub-plan": tier,
      "sub-plan-name": toPlanName(channel),
      ...(gift.isPart && { "community-gift-id": gift.giftId }),
      ...(by ? { "sender-count": String(gift.total) } : { "fun-string": "FunStringOne" }),
    },
  });
}

export function toRaid(world: World, { from, to, viewers }: Of<"raided">): ServerLine {
  const { displayName, login } = from.owner;
  return toUserNotice(world, {
    channel: to,
    by: from.owner,
    kind: "raid",
    systemText: `${viewers} raiders from ${displayName} have joined!`,
    params: {
      displayName,
      login,
      profileImageURL:
        "https://static-cdn.jtvnw.net/user-default-pictures-uv/simulated-profile_image-70x70.png",
      viewerCount: String(viewers),
    },
  });
}

export function toAnnouncement(world: World, { channel, by, text, color }: Of<"announcement">): ServerLine {
  return toUserNotice(world, {
    channel,
    by,
    kind: "announcement",
    systemText: "",
    text,
    params: { color: color.toUpperCase() },
  });
}
