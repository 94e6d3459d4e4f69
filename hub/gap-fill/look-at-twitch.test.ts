import * as v from "valibot";
import { expect, test } from "vitest";
import { ChannelId } from "../../shared/ids.ts";
import { makeTwitchLook } from "./look-at-twitch.ts";

const alice = v.parse(ChannelId, "1");
const row = { user_id: "2", user_login: "bob", user_name: "Bob", followed_at: "2026-01-01T00:00:00Z" };

test.each<[string, object, string | undefined]>([
  ["another page follows", { pagination: { cursor: "next+page" } }, "next+page"],
  ["these were the last", { pagination: {} }, undefined],
  ["an empty cursor leads nowhere", { pagination: { cursor: "" } }, undefined],
  ["nothing is said of pages", {}, undefined],
])("followers: %s", async (_what, more, next) => {
  const asked: string[] = [];
  const look = makeTwitchLook({
    room: () => ({ points: 1, waitMs: 0 }),
    async call({ path }) {
      asked.push(path);
      return { is: "answer", status: 200, message: "", body: { data: [row], total: 1, ...more } };
    },
  });
  const looked = await look.followers(alice, "a/b");
  expect(asked).toEqual(["/channels/followers?broadcaster_id=1&first=100&after=a%2Fb"]);
  expect(looked).toEqual({
    is: "looked",
    value: {
      followers: [{ user: { id: "2", login: "bob", name: "Bob" }, followedAt: row.followed_at }],
      ...(next !== undefined && { next }),
    },
  });
});
