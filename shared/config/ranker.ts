import * as v from "valibot";
import { between, url } from "./words.ts";

export const RANKER_PORT = 8_090;

export const Ranker = v.pipe(
  v.strictObject({
    enabled: v.optional(
      v.pipe(
        v.boolean(),
        v.description("Whether the ranker is asked. It only settles what the bot itself is unsure of."),
      ),
      false,
    ),
    url: v.optional(
      v.pipe(url("https:", "http:"), v.description("Where it answers; /v1/rank is added.")),
      `http://127.0.0.1:${RANKER_PORT}`,
    ),
    timeout_seconds: v.optional(
      v.pipe(between(0.05, 2), v.description("Later than this it was not asked.")),
      1,
    ),
    port: v.optional(
      v.pipe(
        v.number(),
        v.integer("a whole number"),
        v.minValue(1, "a port: 1 to 65535"),
        v.maxValue(65_535, "a port: 1 to 65535"),
        v.description("Where the ranker of this house listens, on loopback: ./kissbot.sh drakon start."),
      ),
      RANKER_PORT,
    ),
  }),
  v.description("An external ranker (DRAKON's interface) that puts candidates of a game's name in order."),
);
