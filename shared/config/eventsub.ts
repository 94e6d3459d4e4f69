import * as v from "valibot";
import { TRANSPORT_CHOICES } from "../twitch/transport-choice.ts";
import { between } from "./words.ts";

export const EventSub = v.pipe(
  v.strictObject({
    transport: v.optional(
      v.pipe(
        v.picklist(TRANSPORT_CHOICES),
        v.description(
          "auto: by a conduit when there is a client_secret above, which has room for hundreds of channels; else over WebSockets with the bot's token, which have room for 900 subscriptions, and for 10 of channels that never authorised your application. websocket and conduit: only that.",
        ),
      ),
      "auto",
    ),
    creates_per_second: v.optional(
      v.pipe(
        between(0.1, 100),
        v.description(
          "A ceiling that keeps Helix's points for other things; 12 a second makes 500 subscriptions in a minute. Helix's own limit (800 points a minute, a quarter of which is left to others) is kept besides.",
        ),
      ),
      2,
    ),
    shards: v.optional(
      v.pipe(
        v.number(),
        v.integer("a whole number"),
        v.minValue(1, "1 to 10"),
        v.maxValue(10, "1 to 10"),
        v.description("Connections side by side behind a conduit."),
      ),
      1,
    ),
    poll_seconds: v.optional(
      v.pipe(
        between(10, 3_600),
        v.description("The safety net below EventSub: so often Twitch is asked which streams run."),
      ),
      60,
    ),
    probe_minutes: v.optional(
      v.pipe(
        v.number(),
        v.check(
          (minutes) => minutes === 0 || (minutes >= 5 && minutes <= 1_440),
          "0 for never, or 5 to 1440",
        ),
        v.description(
          "So often the bot says a word in its own channel and looks whether it comes back (0: never; needs user:read:chat and user:write:chat).",
        ),
      ),
      0,
    ),
  }),
  v.description("How events (live, follows, …) come from Twitch."),
);
