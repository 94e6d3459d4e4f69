import { expect, test } from "vitest";
import { plainPaint } from "../paint.ts";
import { makeTranscript } from "./transcript.ts";

const transcript = makeTranscript({
  channels: ["alice_live", "bob"],
  botLogin: "kissbot",
  paint: plainPaint,
});
const line = (fields: object) => ({ kind: "chat-message", at: "", atMs: 0, channel: "bob", ...fields });
/** Without the time, which depends on the machine's zone. */
const shown = (fields: object, reply?: { afterMs: number }) =>
  transcript.renderFeedLine(line(fields), reply)?.slice("00:00:00  ".length);

test.each([
  [{ user: "zoe", text: "!ping" }, undefined, "#bob         zoe: !ping"],
  [{ user: "kissbot", text: "@zoe Pong!" }, { afterMs: 4 }, "#bob         > kissbot: @zoe Pong!  (4 ms)"],
  [{ user: "kissbot", text: "Bob is live!" }, undefined, "#bob         > kissbot: Bob is live!"],
  [{ user: "eve", text: "\u001b[2J" }, undefined, "#bob         eve: \\u001b[2J"],
  [
    { kind: "stream-online", channel: "alice_live", title: "Robots", game: "Art" },
    undefined,
    '#alice_live  * live: "Robots" (Art)',
  ],
  [{ kind: "moderator-added", user: "x" }, undefined, undefined],
])("%j", (fields, reply, wanted) => {
  expect(shown(fields, reply)).toBe(wanted);
});

test("what happens to the house is marked", () => {
  expect(transcript.renderHouse("bob", new Date(0), "worker killed")).toMatch(/#bob {9}! worker killed$/);
});
