import { expect, test } from "vitest";
import { have, want } from "../../tests/support/subscriptions.ts";
import { CHANNELS_JOINED_MAX } from "../permits/joined-channels.ts";
import { explainChatRefusal } from "./chat-rooms.ts";

const REFUSAL = { code: "needs-grant", problem: "403 missing proper authorization" } as const;
const CHAT = "channel.chat.message";
const by = (method: "websocket" | "conduit") => ({ id: "s1", method, capacity: 300 }) as const;
const heard = (count: number) => Array.from({ length: count }, (_, n) => have(String(n + 1), CHAT));

test.each([
  ["the chat too many", CHAT, "websocket", CHANNELS_JOINED_MAX, true],
  ["one for which there is room", CHAT, "websocket", CHANNELS_JOINED_MAX - 1, false],
  ["with the application's token", CHAT, "conduit", CHANNELS_JOINED_MAX, false],
  ["something else", "channel.follow", "websocket", CHANNELS_JOINED_MAX, false],
] as const)("%s", (_what, topic, method, count, isExplained) => {
  const said = explainChatRefusal(REFUSAL, want("999", topic), by(method), heard(count));
  expect(said.code).toBe(REFUSAL.code);
  expect(said.problem.startsWith(REFUSAL.problem)).toBe(true);
  expect(said.problem.includes("lets an account be in 100 where it is no moderator")).toBe(isExplained);
});
