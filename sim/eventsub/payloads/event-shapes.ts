/**
 * For tests: what Twitch's documentation says each event holds (docs/eventsub/eventsub-reference#events), every
 * field and no other.
 */
import * as v from "valibot";

const text = v.string();
const id = v.pipe(v.string(), v.regex(/^\d+$/));
const textOrNull = v.nullable(text);
const nothing = v.null();
const stamp = v.pipe(v.string(), v.isoTimestamp());
const tier = v.picklist(["1000", "2000", "3000"]);
const whole = v.pipe(v.number(), v.integer());

type Shape = v.GenericSchema;
type Fields = Readonly<Record<string, Shape>>;

const person = (prefix: string): Fields => ({
  [`${prefix}_id`]: id,
  [`${prefix}_login`]: text,
  [`${prefix}_name`]: text,
});
const maybePerson = (prefix: string): Fields => ({
  [`${prefix}_id`]: v.nullable(id),
  [`${prefix}_login`]: textOrNull,
  [`${prefix}_name`]: textOrNull,
});
const broadcaster = person("broadcaster_user");
const user = person("user");
const moderator = person("moderator_user");
const shape = (...fields: readonly Fields[]): Shape => v.strictObject(Object.assign({}, ...fields));

const badges = v.array(v.strictObject({ set_id: text, id: text, info: text }));
const fragment = v.strictObject({
  type: v.picklist(["text", "emote", "mention", "cheermote"]),
  text,
  cheermote: v.nullable(v.strictObject({ prefix: text, bits: whole, tier: whole })),
  emote: v.nullable(v.strictObject({ id: text, emote_set_id: text, owner_id: text, format: v.array(text) })),
  mention: v.nullable(v.strictObject({ user_id: id, user_login: text, user_name: text })),
});
const message = v.strictObject({ text, fragments: v.array(fragment) });
const notShared: Fields = {
  source_broadcaster_user_id: nothing,
  source_broadcaster_user_login: nothing,
  source_broadcaster_user_name: nothing,
  source_message_id: nothing,
  source_badges: nothing,
};

const notices: Fields = {
  sub: v.strictObject({ sub_tier: tier, is_prime: v.boolean(), duration_months: whole }),
  resub: shape(
    {
      sub_tier: tier,
      is_prime: v.boolean(),
      duration_months: whole,
      cumulative_months: whole,
      streak_months: v.nullable(whole),
      is_gift: v.boolean(),
      gifter_is_anonymous: v.nullable(v.boolean()),
    },
    maybePerson("gifter_user"),
  ),
  sub_gift: shape(person("recipient_user"), {
    duration_months: whole,
    cumulative_total: v.nullable(whole),
    sub_tier: tier,
    community_gift_id: textOrNull,
  }),
  community_sub_gift: v.strictObject({
    id: text,
    total: whole,
    sub_tier: tier,
    cumulative_total: v.nullable(whole),
  }),
  gift_paid_upgrade: nothing,
  prime_paid_upgrade: nothing,
  pay_it_forward: nothing,
  raid: shape(user, { viewer_count: whole, profile_image_url: v.pipe(text, v.url()) }),
  unraid: nothing,
  announcement: v.strictObject({ color: v.picklist(["blue", "green", "orange", "purple", "primary"]) }),
  bits_badge_tier: nothing,
  charity_donation: nothing,
};
const sharedKinds = [
  "sub",
  "resub",
  "sub_gift",
  "community_sub_gift",
  "gift_paid_upgrade",
  "prime_paid_upgrade",
  "raid",
  "pay_it_forward",
  "announcement",
];
const notification = shape(broadcaster, maybePerson("chatter_user"), notShared, {
  chatter_is_anonymous: v.boolean(),
  color: text,
  badges,
  system_message: text,
  message_id: text,
  message,
  notice_type: v.picklist(Object.keys(notices)),
  ...Object.fromEntries(Object.entries(notices).map(([kind, one]) => [kind, v.nullable(one)])),
  ...Object.fromEntries(sharedKinds.map((kind) => [`shared_chat_${kind}`, nothing])),
});

const moderateActions: Fields = {
  vip: shape(user),
  unvip: shape(user),
  mod: shape(user),
  unmod: shape(user),
  ban: shape(user, { reason: text }),
  unban: shape(user),
  timeout: shape(user, { reason: text, expires_at: stamp }),
  raid: shape(user, { viewer_count: whole }),
  delete: shape(user, { message_id: text, message_body: text }),
};
const moderateNulls = [
  "followers",
  "slow",
  "untimeout",
  "unraid",
  "automod_terms",
  "unban_request",
  "shared_chat_ban",
  "shared_chat_unban",
  "shared_chat_timeout",
  "shared_chat_untimeout",
  "shared_chat_delete",
];
const moderate: Fields = {
  ...broadcaster,
  ...moderator,
  source_broadcaster_user_id: nothing,
  source_broadcaster_user_login: nothing,
  source_broadcaster_user_name: nothing,
  action: v.picklist(["clear", ...Object.keys(moderateActions)]),
  ...Object.fromEntries(Object.entries(moderateActions).map(([field, one]) => [field, v.nullable(one)])),
  ...Object.fromEntries(moderateNulls.map((field) => [field, nothing])),
};
const authorization = shape(user, { client_id: text });

export const EVENT_SHAPES: Readonly<Record<string, Shape>> = {
  "stream.online 1": shape(broadcaster, { id, type: v.literal("live"), started_at: stamp }),
  "stream.offline 1": shape(broadcaster),
  "channel.update 2": shape(broadcaster, {
    title: text,
    language: text,
    category_id: text,
    category_name: text,
    content_classification_labels: v.array(text),
  }),
  "channel.follow 2": shape(user, broadcaster, { followed_at: stamp }),
  "channel.subscribe 1": shape(user, broadcaster, { tier, is_gift: v.boolean() }),
  "channel.subscription.message 1": shape(user, broadcaster, {
    tier,
    message: v.strictObject({ text, emotes: nothing }),
    cumulative_months: whole,
    streak_months: v.nullable(whole),
    duration_months: whole,
  }),
  "channel.subscription.gift 1": shape(maybePerson("user"), broadcaster, {
    total: whole,
    tier,
    cumulative_total: v.nullable(whole),
    is_anonymous: v.boolean(),
  }),
  "channel.cheer 1": shape(maybePerson("user"), broadcaster, {
    is_anonymous: v.boolean(),
    message: text,
    bits: whole,
  }),
  "channel.bits.use 1": shape(user, broadcaster, {
    bits: whole,
    type: v.literal("cheer"),
    power_up: nothing,
    custom_power_up: nothing,
    message,
  }),
  "channel.raid 1": shape(person("from_broadcaster_user"), person("to_broadcaster_user"), { viewers: whole }),
  "channel.channel_points_custom_reward_redemption.add 1": shape(broadcaster, user, {
    id: text,
    user_input: text,
    status: v.literal("unfulfilled"),
    reward: v.strictObject({ id: text, title: text, cost: whole, prompt: text }),
    redeemed_at: stamp,
  }),
  "channel.shoutout.create 1": shape(broadcaster, moderator, person("to_broadcaster_user"), {
    viewer_count: whole,
    started_at: stamp,
    cooldown_ends_at: stamp,
    target_cooldown_ends_at: stamp,
  }),
  "channel.shoutout.receive 1": shape(broadcaster, person("from_broadcaster_user"), {
    viewer_count: whole,
    started_at: stamp,
  }),
  "channel.chat.message 1": shape(broadcaster, person("chatter_user"), notShared, {
    message_id: text,
    message,
    color: text,
    badges,
    message_type: v.literal("text"),
    cheer: v.nullable(v.strictObject({ bits: whole })),
    reply: v.nullable(
      shape(person("parent_user"), person("thread_user"), {
        parent_message_id: text,
        parent_message_body: text,
        thread_message_id: text,
      }),
    ),
    channel_points_custom_reward_id: textOrNull,
    channel_points_animation_id: textOrNull,
    is_source_only: nothing,
  }),
  "channel.chat.notification 1": notification,
  "channel.chat.clear 1": shape(broadcaster),
  "channel.chat.message_delete 1": shape(broadcaster, person("target_user"), { message_id: text }),
  "channel.chat.clear_user_messages 1": shape(broadcaster, person("target_user")),
  "channel.chat_settings.update 1": shape(broadcaster, {
    emote_mode: v.boolean(),
    follower_mode: v.boolean(),
    follower_mode_duration_minutes: v.nullable(whole),
    slow_mode: v.boolean(),
    slow_mode_wait_time_seconds: v.nullable(whole),
    subscriber_mode: v.boolean(),
    unique_chat_mode: v.boolean(),
  }),
  "channel.moderate 1": shape(moderate),
  "channel.moderate 2": shape(moderate, { warn: nothing }),
  "channel.ban 1": shape(user, broadcaster, moderator, {
    reason: text,
    banned_at: stamp,
    ends_at: v.nullable(stamp),
    is_permanent: v.boolean(),
  }),
  "channel.unban 1": shape(user, broadcaster, moderator),
  "channel.moderator.add 1": shape(user, broadcaster),
  "channel.moderator.remove 1": shape(user, broadcaster),
  "channel.vip.add 1": shape(user, broadcaster),
  "channel.vip.remove 1": shape(user, broadcaster),
  "user.authorization.grant 1": authorization,
  "user.authorization.revoke 1": authorization,
};
