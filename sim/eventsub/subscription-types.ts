/**
 * The subscription types Twitch offers, as data: version, condition, and whose permission it takes. A type the
 * simulated world has no happening for (polls, hype trains …) can still be subscribed to; its events come through
 * `emitRaw`. Source: docs/eventsub/eventsub-subscription-types and docs/eventsub/eventsub-reference at
 * dev.twitch.tv, one anchor per type.
 */

/** Every inner list must be met by at least one of its scopes. */
export type ScopeSets = readonly (readonly string[])[];

export type Authorization =
  | { readonly of: "nobody" }
  /** The user in this condition field must have granted the scopes, and be the user of a user token. */
  | { readonly of: "broadcaster_user_id" | "moderator_user_id" | "user_id"; readonly scopes: ScopeSets }
  /** Reads chat as `user_id`; an app token needs the bot scopes besides. */
  | { readonly of: "chat reader"; readonly scopes: ScopeSets }
  /** An app token of the client in the condition. */
  | { readonly of: "application" };

export interface SubscriptionType {
  readonly type: string;
  readonly version: string;
  /** Condition fields that must be given; those in `fits` are compared with the event, the rest say who looks. */
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** At least one of these must be given. */
  readonly oneOf: readonly string[];
  readonly fits: readonly string[];
  readonly authorization: Authorization;
  readonly fate: "current" | "deprecated" | "gone";
}

interface Details {
  readonly version?: string;
  readonly optional?: readonly string[];
  readonly fate?: SubscriptionType["fate"];
}

const BROADCASTER = ["broadcaster_user_id"];

function open(
  type: string,
  details: Details = {},
  required: readonly string[] = BROADCASTER,
): SubscriptionType {
  return fill(type, details, { required, fits: required, authorization: { of: "nobody" } });
}

function ofBroadcaster(type: string, scopes: readonly string[], details: Details = {}): SubscriptionType {
  return fill(type, details, {
    required: BROADCASTER,
    fits: [...BROADCASTER, ...(details.optional ?? [])],
    authorization: { of: "broadcaster_user_id", scopes: [scopes] },
  });
}

function ofModerator(type: string, scopes: ScopeSets, details: Details = {}): SubscriptionType {
  return fill(type, details, {
    required: [...BROADCASTER, "moderator_user_id"],
    fits: BROADCASTER,
    authorization: { of: "moderator_user_id", scopes },
  });
}

function ofChatReader(type: string): SubscriptionType {
  return fill(
    type,
    {},
    {
      required: [...BROADCASTER, "user_id"],
      fits: BROADCASTER,
      authorization: { of: "chat reader", scopes: [["user:read:chat"]] },
    },
  );
}

function ofApplication(type: string, optional: readonly string[] = []): SubscriptionType {
  return fill(
    type,
    { optional },
    {
      required: ["client_id"],
      fits: ["client_id", ...optional],
      authorization: { of: "application" },
    },
  );
}

function fill(
  type: string,
  details: Details,
  rest: Pick<SubscriptionType, "required" | "fits" | "authorization"> & {
    readonly oneOf?: readonly string[];
  },
): SubscriptionType {
  return {
    type,
    version: details.version ?? "1",
    optional: details.optional ?? [],
    oneOf: [],
    fate: details.fate ?? "current",
    ...rest,
  };
}

const RAID_SIDES = ["from_broadcaster_user_id", "to_broadcaster_user_id"];
const REDEMPTIONS = ["channel:read:redemptions", "channel:manage:redemptions"];
const POLLS = ["channel:read:polls", "channel:manage:polls"];
const PREDICTIONS = ["channel:read:predictions", "channel:manage:predictions"];
const SHOUTOUTS: ScopeSets = [["moderator:read:shoutouts", "moderator:manage:shoutouts"]];
const SHIELD_MODE: ScopeSets = [["moderator:read:shield_mode", "moderator:manage:shield_mode"]];
const UNBAN_REQUESTS = ["moderator:read:unban_requests", "moderator:manage:unban_requests"];
const WARNINGS = ["moderator:read:warnings", "moderator:manage:warnings"];
const MODERATE: ScopeSets = [
  ["moderator:read:blocked_terms", "moderator:manage:blocked_terms"],
  ["moderator:read:chat_settings", "moderator:manage:chat_settings"],
  UNBAN_REQUESTS,
  ["moderator:read:banned_users", "moderator:manage:banned_users"],
  ["moderator:read:chat_messages", "moderator:manage:chat_messages"],
  ["moderator:read:moderators"],
  ["moderator:read:vips"],
];

export const SUBSCRIPTION_TYPES: readonly SubscriptionType[] = [
  open("stream.online"),
  open("stream.offline"),
  open("channel.update", { version: "2" }),
  open("channel.update", { fate: "deprecated" }),
  fill(
    "channel.raid",
    { optional: RAID_SIDES },
    { required: [], oneOf: RAID_SIDES, fits: RAID_SIDES, authorization: { of: "nobody" } },
  ),
  open("channel.shared_chat.begin"),
  open("channel.shared_chat.update"),
  open("channel.shared_chat.end"),
  open("user.update", {}, ["user_id"]),

  ofModerator("channel.follow", [["moderator:read:followers"]], { version: "2" }),
  fill(
    "channel.follow",
    { fate: "gone" },
    { required: BROADCASTER, fits: BROADCASTER, authorization: { of: "nobody" } },
  ),
  ofModerator("channel.moderate", MODERATE),
  ofModerator("channel.moderate", [...MODERATE, WARNINGS], { version: "2" }),
  ofModerator("channel.shoutout.create", SHOUTOUTS),
  ofModerator("channel.shoutout.receive", SHOUTOUTS),
  ofModerator("channel.shield_mode.begin", SHIELD_MODE),
  ofModerator("channel.shield_mode.end", SHIELD_MODE),
  ofModerator("channel.unban_request.create", [UNBAN_REQUESTS]),
  ofModerator("channel.unban_request.resolve", [UNBAN_REQUESTS]),
  ofModerator("channel.warning.acknowledge", [WARNINGS]),
  ofModerator("channel.warning.send", [WARNINGS]),
  ofModerator("channel.suspicious_user.update", [["moderator:read:suspicious_users"]]),
  ofModerator("channel.suspicious_user.message", [["moderator:read:suspicious_users"]]),
  ofModerator("automod.message.hold", [["moderator:manage:automod"]]),
  ofModerator("automod.message.hold", [["moderator:manage:automod"]], { version: "2" }),
  ofModerator("automod.message.update", [["moderator:manage:automod"]]),
  ofModerator("automod.message.update", [["moderator:manage:automod"]], { version: "2" }),
  ofModerator("automod.settings.update", [["moderator:read:automod_settings"]]),
  ofModerator("automod.terms.update", [["moderator:manage:automod"]]),

  ofChatReader("channel.chat.message"),
  ofChatReader("channel.chat.notification"),
  ofChatReader("channel.chat.message_delete"),
  ofChatReader("channel.chat.clear"),
  ofChatReader("channel.chat.clear_user_messages"),
  ofChatReader("channel.chat.user_message_hold"),
  ofChatReader("channel.chat.user_message_update"),
  ofChatReader("channel.chat_settings.update"),
  fill(
    "user.whisper.message",
    {},
    {
      required: ["user_id"],
      fits: ["user_id"],
      authorization: { of: "user_id", scopes: [["user:read:whispers", "user:manage:whispers"]] },
    },
  ),

  ofBroadcaster("channel.subscribe", ["channel:read:subscriptions"]),
  ofBroadcaster("channel.subscription.end", ["channel:read:subscriptions"]),
  ofBroadcaster("channel.subscription.gift", ["channel:read:subscriptions"]),
  ofBroadcaster("channel.subscription.message", ["channel:read:subscriptions"]),
  ofBroadcaster("channel.cheer", ["bits:read"]),
  ofBroadcaster("channel.bits.use", ["bits:read"]),
  ofBroadcaster("channel.custom_power_up_redemption.add", ["bits:read"]),
  ofBroadcaster("channel.channel_points_custom_reward.add", REDEMPTIONS),
  ofBroadcaster("channel.channel_points_custom_reward.update", REDEMPTIONS, { optional: ["reward_id"] }),
  ofBroadcaster("channel.channel_points_custom_reward.remove", REDEMPTIONS, { optional: ["reward_id"] }),
  ofBroadcaster("channel.channel_points_custom_reward_redemption.add", REDEMPTIONS, {
    optional: ["reward_id"],
  }),
  ofBroadcaster("channel.channel_points_custom_reward_redemption.update", REDEMPTIONS, {
    optional: ["reward_id"],
  }),
  ofBroadcaster("channel.channel_points_automatic_reward_redemption.add", REDEMPTIONS),
  ofBroadcaster("channel.channel_points_automatic_reward_redemption.add", REDEMPTIONS, { version: "2" }),
  ofBroadcaster("channel.poll.begin", POLLS),
  ofBroadcaster("channel.poll.progress", POLLS),
  ofBroadcaster("channel.poll.end", POLLS),
  ofBroadcaster("channel.prediction.begin", PREDICTIONS),
  ofBroadcaster("channel.prediction.progress", PREDICTIONS),
  ofBroadcaster("channel.prediction.lock", PREDICTIONS),
  ofBroadcaster("channel.prediction.end", PREDICTIONS),
  ...["begin", "progress", "end"].flatMap((step) => [
    ofBroadcaster(`channel.hype_train.${step}`, ["channel:read:hype_train"], { version: "2" }),
    ofBroadcaster(`channel.hype_train.${step}`, ["channel:read:hype_train"], { fate: "deprecated" }),
    ofBroadcaster(`channel.goal.${step}`, ["channel:read:goals"]),
  ]),
  ofBroadcaster("channel.charity_campaign.donate", ["channel:read:charity"]),
  ofBroadcaster("channel.charity_campaign.start", ["channel:read:charity"]),
  ofBroadcaster("channel.charity_campaign.progress", ["channel:read:charity"]),
  ofBroadcaster("channel.charity_campaign.stop", ["channel:read:charity"]),
  ofBroadcaster("channel.ad_break.begin", ["channel:read:ads"]),
  ofBroadcaster("channel.ban", ["channel:moderate"]),
  ofBroadcaster("channel.unban", ["channel:moderate"]),
  ofBroadcaster("channel.moderator.add", ["moderation:read"]),
  ofBroadcaster("channel.moderator.remove", ["moderation:read"]),
  ofBroadcaster("channel.vip.add", ["channel:read:vips", "channel:manage:vips"]),
  ofBroadcaster("channel.vip.remove", ["channel:read:vips", "channel:manage:vips"]),

  ofApplication("user.authorization.grant"),
  ofApplication("user.authorization.revoke"),
  ofApplication("conduit.shard.disabled", ["conduit_id"]),
];

const byName = new Map(SUBSCRIPTION_TYPES.map((one) => [`${one.type} ${one.version}`, one]));

export function findSubscriptionType(type: string, version: string): SubscriptionType | undefined {
  return byName.get(`${type} ${version}`);
}

/** The condition field naming the user whose permission it takes; undefined when no user's is needed. */
export function authorizingField(type: SubscriptionType): string | undefined {
  switch (type.authorization.of) {
    case "nobody":
    case "application":
      return undefined;
    case "chat reader":
      return "user_id";
    default:
      return type.authorization.of;
  }
}
