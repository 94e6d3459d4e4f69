/** What a channel plays with its viewers: rewards, polls, predictions, hype trains. */
import * as v from "valibot";
import { broadcaster, Person } from "./people.ts";

const poll = {
  ...broadcaster,
  pollId: v.string(),
  title: v.string(),
  choices: v.array(v.object({ id: v.string(), title: v.string(), votes: v.optional(v.number()) })),
  startedAt: v.string(),
};
const prediction = {
  ...broadcaster,
  predictionId: v.string(),
  title: v.string(),
  outcomes: v.array(
    v.object({
      id: v.string(),
      title: v.string(),
      /** How many bet on it, and how much together. */
      users: v.optional(v.number()),
      points: v.optional(v.number()),
    }),
  ),
  startedAt: v.string(),
};
const hypeTrain = {
  ...broadcaster,
  trainId: v.string(),
  level: v.number(),
  total: v.number(),
  /** "regular", "golden_kappa", "treasure" */
  kind: v.optional(v.string()),
  isShared: v.boolean(),
  topContributions: v.array(v.object({ user: v.optional(Person), kind: v.string(), total: v.number() })),
  startedAt: v.string(),
};
const movingTrain = { ...hypeTrain, progress: v.number(), goal: v.number(), expiresAt: v.string() };

export const gameBodies = [
  v.object({
    topic: v.literal("channel.channel_points_custom_reward_redemption.add"),
    ...broadcaster,
    redemptionId: v.string(),
    user: Person,
    reward: v.object({ id: v.string(), title: v.string(), cost: v.number() }),
    /** What the viewer typed, when the reward asks for it. */
    input: v.string(),
    status: v.string(),
    redeemedAt: v.string(),
  }),
  v.object({ topic: v.literal("channel.poll.begin"), ...poll, endsAt: v.string() }),
  v.object({ topic: v.literal("channel.poll.progress"), ...poll, endsAt: v.string() }),
  v.object({
    topic: v.literal("channel.poll.end"),
    ...poll,
    /** "completed", "archived", "terminated" */
    status: v.string(),
    endedAt: v.string(),
  }),
  v.object({ topic: v.literal("channel.prediction.begin"), ...prediction, locksAt: v.string() }),
  v.object({ topic: v.literal("channel.prediction.progress"), ...prediction, locksAt: v.string() }),
  v.object({ topic: v.literal("channel.prediction.lock"), ...prediction, lockedAt: v.string() }),
  v.object({
    topic: v.literal("channel.prediction.end"),
    ...prediction,
    /** "resolved", "canceled" */
    status: v.string(),
    winningOutcomeId: v.optional(v.string()),
    endedAt: v.string(),
  }),
  v.object({ topic: v.literal("channel.hype_train.begin"), ...movingTrain }),
  v.object({ topic: v.literal("channel.hype_train.progress"), ...movingTrain }),
  v.object({ topic: v.literal("channel.hype_train.end"), ...hypeTrain, endedAt: v.string() }),
] as const;
