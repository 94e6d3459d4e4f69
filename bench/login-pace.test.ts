import { expect, test } from "vitest";
import { makePaceWatch, mostInWindow } from "./login-pace.ts";

test.each([
  [[], 0],
  [[0], 1],
  [[0, 9_999], 2],
  [[0, 10_000], 1],
  [[0, 5_000, 9_999, 10_001, 14_000, 30_000], 4],
])("%j: %d at most in ten seconds", (at, most) => {
  expect(mostInWindow(at)).toBe(most);
});

test("counts the bot's logins and joins, and whomever Twitch would not let in", () => {
  const watch = makePaceWatch("kissbot");
  for (const [kind, user, because] of [
    ["irc-logged-in", "kissbot"],
    ["irc-logged-in", "stranger"],
    ["irc-joined", "kissbot"],
    ["irc-logged-in", "kissbot"],
    ["irc-closed", "kissbot", "client quit"],
    ["irc-closed", "kissbot", "too many joins"],
    ["irc-closed", null, "Login unsuccessful"],
  ])
    watch.hear({ kind: String(kind), user, because, atMs: 0 });
  expect(watch.pace()).toEqual({ auths: 2, joins: 1, refused: 2 });
});
