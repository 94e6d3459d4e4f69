import { expect, test } from "vitest";
import { fillPlaceholders } from "./fill-placeholders.ts";

test.each([
  ["@{channel} plays {game_name}", "@alice plays {title}"],
  ["{unknown} {Channel} {} {channel", "{unknown} {Channel} {} {channel"],
  ["{constructor} {__proto__} {channel.length}", "{constructor} {__proto__} {channel.length}"],
  ["$& {title} $1", "$& A $& B $1"],
])("%s", (template, filled) => {
  const values = { channel: "alice", game_name: "{title}", title: "A $& B" };
  expect(fillPlaceholders(template, values)).toBe(filled);
});
