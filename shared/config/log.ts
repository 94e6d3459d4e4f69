import * as v from "valibot";
import { LOG_LEVELS } from "../log.ts";
import { notes } from "./described.ts";
import { Days } from "./words.ts";

const KeepsChat = v.pipe(
  v.picklist(["on", "off"]),
  v.description(
    "Whether what is said in a channel is kept (chat.log): on or off. commands.log tells of every message how it ended, but not what it said, unless it was a command.",
  ),
  notes({ sample: "on" }),
);
const KeepDays = v.pipe(
  Days(1),
  v.description(
    "Files older than this many days, counting today, are deleted; 50 of each kind are kept at most.",
  ),
  notes({ sample: 14 }),
);
const KeepChatDays = v.pipe(
  Days(0),
  v.description("The same for chat.log; 0 keeps none and deletes what there is."),
  notes({ sample: 30 }),
);

/** What a channel may settle for its own logs; what it leaves out is the house's, under `log`. */
export const ChannelLogRules = v.strictObject({
  chat: v.optional(KeepsChat),
  keep_days: v.optional(KeepDays),
  keep_chat_days: v.optional(KeepChatDays),
});
export type ChannelLogRules = v.InferOutput<typeof ChannelLogRules>;

export const Log = v.pipe(
  v.strictObject({
    level: v.optional(
      v.pipe(
        v.picklist(LOG_LEVELS),
        v.description("debug, info, warn or error: what stands in instance.log, hub.log and supervisor.log."),
      ),
      "info",
    ),
    chat: v.optional(KeepsChat, "on"),
    rotate_mb: v.optional(
      v.pipe(
        v.number(),
        v.minValue(0.01, "0.01 or more megabytes"),
        v.description(
          "A file that is larger, or from yesterday, is put aside as <name>.<date>, and a new one begun.",
        ),
      ),
      10,
    ),
    keep_days: v.optional(KeepDays, 14),
    keep_chat_days: v.optional(KeepChatDays, 30),
  }),
  v.description(
    "Logs lie in logs/, a folder for each channel in logs/broadcast/. How long they are kept can be settled for each channel apart, at its name under twitch.channels. ./kissbot.sh reload applies all of it at once.",
  ),
);
