/** By which door a worker hears its channel's chat, and by which it speaks. */
import * as v from "valibot";

/** `irc`: a connection of the worker's own. `eventsub`: the hub's, like all other events. */
export const CHAT_TRANSPORTS = ["irc", "eventsub"] as const;
/** `helix`: the hub says it for the worker. `auto`: helix where the bot's token allows it, else irc. */
export const CHAT_SENDS = ["irc", "helix", "auto"] as const;

export const ChatChoice = v.object({
  transport: v.picklist(CHAT_TRANSPORTS),
  send: v.picklist(CHAT_SENDS),
});
export type ChatChoice = v.InferOutput<typeof ChatChoice>;

interface ChatWish {
  readonly transport?: ChatChoice["transport"] | undefined;
  readonly send?: ChatChoice["send"] | undefined;
}

/**
 * Pure: a channel's own wish before the house's. Whoever says nothing of sending speaks by the door it hears by: over
 * IRC a bot that has lost its hub can still answer. Without a connection to IRC there is only Helix.
 */
export function chooseChat(channel: ChatWish, house: ChatWish): ChatChoice {
  const transport = channel.transport ?? house.transport ?? "irc";
  if (transport === "eventsub") return { transport, send: "helix" };
  return { transport, send: channel.send ?? house.send ?? "irc" };
}
