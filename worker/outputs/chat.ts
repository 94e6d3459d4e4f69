/** The channel's chat. `say({ text })` answers whoever asked, by name; `reply: false` speaks to everybody. */
import * as v from "valibot";
import { defineOutput } from "../output.ts";
import { toChatText } from "./chat/chat-text.ts";
import type { SendDesk } from "./chat/send-desk.ts";

const Payload = v.strictObject({ text: v.string(), reply: v.optional(v.boolean(), true) });

export const chat = defineOutput<typeof Payload, Pick<SendDesk, "send">>({
  name: "chat",
  payload: Payload,
  render(payload, signal) {
    const to = payload.reply && signal.kind === "chat-message" ? signal.user : undefined;
    return { ...payload, text: toChatText(payload.text, to) };
  },
  async deliver({ text }, { reach, lane, key, deadlineAt, onWritten }) {
    if (text === "") return { is: "dropped", because: "nothing-to-say", isFinal: true };
    return reach.send({ text, lane, key, deadlineAt, onWritten });
  },
});
export const say = chat.effect;
