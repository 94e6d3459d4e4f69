/** One event of each type as Twitch sends it, with the nulls and the fields we have no use for. Shapes: dev.twitch.tv, EventSub reference. */
import type { Topic } from "../../shared/twitch/topics.ts";

type Event = Readonly<Record<string, unknown>>;

const person = (prefix: string, id: string, login: string, name = login): Event => ({
  [`${prefix}_id`]: id,
  [`${prefix}_login`]: login,
  [`${prefix}_name`]: name,
});
const nobody = (prefix: string): Event => ({
  [`${prefix}_id`]: null,
  [`${prefix}_login`]: null,
  [`${prefix}_name`]: null,
});

export const broadcaster = person("broadcaster_user", "123", "alice", "Alice");
const carol = person("user", "7", "carol", "Carol");
export const STAMP = "2026-07-15T18:16:11.17106713Z";

const poll = {
  ...broadcaster,
  id: "1243456",
  title: "Aren’t shoes just really hard socks?",
  bits_voting: { is_enabled: false, amount_per_vote: 0 },
  channel_points_voting: { is_enabled: true, amount_per_vote: 10 },
  started_at: STAMP,
};
const votes = [
  { id: "c1", title: "Yeah!", bits_votes: 0, channel_points_votes: 7, votes: 10 },
  { id: "c2", title: "No!", bits_votes: 0, channel_points_votes: 4, votes: 14 },
];
const prediction = {
  ...broadcaster,
  id: "1243457",
  title: "Will it work?",
  started_at: STAMP,
};
const bets = [
  {
    id: "o1",
    title: "Yes",
    color: "blue",
    users: 10,
    channel_points: 15_000,
    top_predictors: [{ ...carol, channel_points_won: null, channel_points_used: 500 }],
  },
  { id: "o2", title: "No", color: "pink", users: 3, channel_points: 5_000, top_predictors: [] },
];
const train = {
  ...broadcaster,
  id: "1b0AsbInCHZW2SQFQkCzqN07Ib2",
  total: 137,
  level: 2,
  top_contributions: [
    { ...carol, type: "bits", total: 50 },
    { ...nobody("user"), type: "subscription", total: 45 },
  ],
  shared_train_participants: null,
  started_at: STAMP,
  is_shared_train: false,
  type: "golden_kappa",
};
const movingTrain = {
  ...train,
  progress: 37,
  goal: 500,
  expires_at: STAMP,
  all_time_high_level: 4,
  all_time_high_total: 2_845,
};
const notShared = {
  ...nobody("source_broadcaster_user"),
  source_message_id: null,
  source_badges: null,
};

export const notification = (kind: string, details: Event, more: Event = {}): Event => ({
  ...broadcaster,
  ...person("chatter_user", "7", "carol", "Carol"),
  chatter_is_anonymous: false,
  color: "#00FF7F",
  badges: [{ set_id: "subscriber", id: "12", info: "16" }],
  system_message: "Carol did something.",
  message_id: "d62235c8-47ff-a4f4-84e8-5a29a65a9c03",
  message: { text: "hello", fragments: [{ type: "text", text: "hello" }] },
  notice_type: kind,
  sub: null,
  resub: null,
  raid: null,
  ...notShared,
  [kind]: details,
  ...more,
});

export const twitchEvents: Readonly<Record<Topic, Event>> = {
  "stream.online": { id: "9001", ...broadcaster, type: "live", started_at: STAMP },
  "stream.offline": broadcaster,
  "channel.update": {
    ...broadcaster,
    title: "Best Stream Ever",
    language: "en",
    category_id: "12453",
    category_name: "Grand Theft Auto",
    content_classification_labels: ["MatureGame"],
  },
  "channel.follow": { ...carol, ...broadcaster, followed_at: STAMP },
  "channel.subscribe": { ...carol, ...broadcaster, tier: "1000", is_gift: false },
  "channel.subscription.end": { ...carol, ...broadcaster, tier: "1000", is_gift: false },
  "channel.subscription.message": {
    ...carol,
    ...broadcaster,
    tier: "2000",
    message: { text: "Love the stream! FevziGG", emotes: [{ begin: 17, end: 23, id: "302976485" }] },
    cumulative_months: 15,
    streak_months: null,
    duration_months: 6,
  },
  "channel.subscription.gift": {
    ...carol,
    ...broadcaster,
    total: 2,
    tier: "1000",
    cumulative_total: 284,
    is_anonymous: false,
  },
  "channel.cheer": { is_anonymous: false, ...carol, ...broadcaster, message: "pogchamp", bits: 1_000 },
  "channel.raid": {
    ...person("from_broadcaster_user", "456", "bob", "Bob"),
    ...person("to_broadcaster_user", "123", "alice", "Alice"),
    viewers: 9_001,
  },
  "channel.channel_points_custom_reward_redemption.add": {
    id: "17fa2df1-ad76-4804-bfa5-a40ef63efe63",
    ...broadcaster,
    ...carol,
    user_input: "pogchamp",
    status: "unfulfilled",
    reward: { id: "92af127c", title: "Hydrate", cost: 100, prompt: "drink water" },
    redeemed_at: STAMP,
  },
  "channel.shoutout.create": {
    ...broadcaster,
    ...person("to_broadcaster_user", "456", "bob", "Bob"),
    ...person("moderator_user", "8", "dave", "Dave"),
    viewer_count: 860,
    started_at: STAMP,
    cooldown_ends_at: STAMP,
    target_cooldown_ends_at: STAMP,
  },
  "channel.shoutout.receive": {
    ...broadcaster,
    ...person("from_broadcaster_user", "456", "bob", "Bob"),
    viewer_count: 860,
    started_at: STAMP,
  },
  // Number and flag as text: so stands it in Twitch's example.
  "channel.ad_break.begin": {
    duration_seconds: "60",
    started_at: STAMP,
    is_automatic: "false",
    ...broadcaster,
    ...person("requester_user", "123", "alice", "Alice"),
  },
  "channel.poll.begin": {
    ...poll,
    choices: votes.map(({ id, title }) => ({ id, title })),
    ends_at: STAMP,
  },
  "channel.poll.progress": { ...poll, choices: votes, ends_at: STAMP },
  "channel.poll.end": { ...poll, choices: votes, status: "completed", ended_at: STAMP },
  "channel.prediction.begin": {
    ...prediction,
    outcomes: bets.map(({ id, title, color }) => ({ id, title, color })),
    locks_at: STAMP,
  },
  "channel.prediction.progress": { ...prediction, outcomes: bets, locks_at: STAMP },
  "channel.prediction.lock": { ...prediction, outcomes: bets, locked_at: STAMP },
  "channel.prediction.end": {
    ...prediction,
    outcomes: bets,
    winning_outcome_id: "o1",
    status: "resolved",
    ended_at: STAMP,
  },
  "channel.hype_train.begin": movingTrain,
  "channel.hype_train.progress": movingTrain,
  "channel.hype_train.end": { ...train, ended_at: STAMP, cooldown_ends_at: STAMP },
  "channel.moderator.add": { ...carol, ...broadcaster },
  "channel.moderator.remove": { ...carol, ...broadcaster },
  "channel.chat.message": {
    ...broadcaster,
    ...person("chatter_user", "7", "carol", "Carol"),
    message_id: "cc106a89-1814-919d-454c-f4f2f970aae7",
    message: {
      text: "Hi chat",
      fragments: [{ type: "text", text: "Hi chat", cheermote: null, emote: null, mention: null }],
    },
    color: "#00FF7F",
    badges: [{ set_id: "moderator", id: "1", info: "" }],
    message_type: "text",
    cheer: null,
    reply: null,
    channel_points_custom_reward_id: null,
    channel_points_animation_id: null,
    ...notShared,
    is_source_only: null,
  },
  "channel.chat.notification": notification("announcement", { color: "PRIMARY" }),
  "channel.chat.clear": broadcaster,
  "channel.chat.clear_user_messages": { ...broadcaster, ...person("target_user", "7", "carol", "Carol") },
  "channel.chat.message_delete": {
    ...broadcaster,
    ...person("target_user", "7", "carol", "Carol"),
    message_id: "ab24e0b0-2260-4bac-94e4-05eedd4ecd0e",
  },
};
