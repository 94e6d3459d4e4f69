import * as v from "valibot";
import { CHAT_SENDS, CHAT_TRANSPORTS } from "../chat-choice.ts";
import { notes } from "./described.ts";

/** How chat is heard and how it is spoken to; a channel may settle it for itself. */
export const Chat = v.pipe(
  v.strictObject({
    transport: v.optional(
      v.pipe(
        v.picklist(CHAT_TRANSPORTS),
        v.description(
          "irc: each channel's process has a connection of its own, and chats on while the hub is away. eventsub: chat comes by the hub's connection, a channel's process has none and is smaller; needs user:read:chat and user:write:chat (and user:bot with a conduit, whose answers carry the bot's badge).",
        ),
        notes({ sample: "irc" }),
      ),
    ),
    send: v.optional(
      v.pipe(
        v.picklist(CHAT_SENDS),
        v.description(
          "irc, helix, or auto (helix where the bot's token has user:write:chat); left out, it is as the chat is heard.",
        ),
        notes({ sample: "irc" }),
      ),
    ),
  }),
  v.check(
    ({ transport, send }) => transport !== "eventsub" || send !== "irc",
    "send: helix, because with transport: eventsub there is no connection to IRC to speak on",
  ),
  v.description(
    "How chat is heard and spoken to. Both can be said of one channel, too, under `chat` beside its name. docs/chat.md says how to choose.",
  ),
);
export type Chat = v.InferOutput<typeof Chat>;
