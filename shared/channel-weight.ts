/** A channel's part of what the account may say: a channel of weight 2 gets twice as much as one of weight 1. */
import * as v from "valibot";

export const MIN_WEIGHT = 0.1;
export const MAX_WEIGHT = 100;
export const WEIGHT_DEFAULT = 1;

export const ChannelWeight = v.pipe(
  v.number(),
  v.minValue(MIN_WEIGHT, `at least ${MIN_WEIGHT}`),
  v.maxValue(MAX_WEIGHT, `at most ${MAX_WEIGHT}`),
);
